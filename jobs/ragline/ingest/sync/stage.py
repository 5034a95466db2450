"""Look at one source and stage what has to be written: nothing is committed, and nobody sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.settings import Settings
from ragline.contracts.fingerprints import content_hash, fingerprint
from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE, Table
from ragline.ingest.extract.extraction import PARSER_REVISION
from ragline.ingest.source import Listing
from ragline.ingest.sync.decide import Decision, check_listing, decide
from ragline.ingest.sync.extract_task import ExtractTask
from ragline.ingest.sync.known import Known, load_known
from ragline.ingest.sync.listed import ConfiguredSource, list_here
from ragline.ingest.sync.run_tasks import list_in_spark, run_extract_tasks
from ragline.ingest.sync.settle import Settled, settle
from ragline.ingest.sync.staged import Staged, next_version, staging_folder
from ragline.ingest.sync.task_results import file_row
from ragline.lake.files import write_bytes
from ragline.lake.part_files import write_part
from ragline.runtime.run import Run

Row = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """How to look: how many items at most (None: all), everything read again or only what may have changed, and whether
    any share of the documents may disappear."""

    sample: int | None = None
    full_refresh: bool = False
    allow_mass_delete: bool = False


def ingest_fingerprint(settings: Settings) -> str:
    """The configuration of the sources and the parsers, and the parsers' revision."""
    sources = [source.model_dump(mode="json") for source in settings.sources]
    return fingerprint({"parser": PARSER_REVISION, "sources": sources, "ingest": settings.ingest.model_dump(mode="json")})


def look_at(run: Run, configured: ConfiguredSource, known: Known, look: Look, name: str) -> tuple[Decision, Mapping[str, Any]]:
    """List a source and decide; nothing is read but what listing must. With what the listing found out about it.

    Raises:
        SourceError: it cannot be listed to its end, lists nothing, or misses too much of what is known.
    """
    listing = Listing(known.markers(configured.name), partial(_spool, staging_folder(run.lake.uri, name)))
    if configured.source.reads_while_listing and not run.settings.spark.master.startswith("local"):
        listed, facts = list_in_spark(configured, listing, look.sample, run.settings.spark)
    else:
        listed = list_here(configured, listing, look.sample)
        facts = configured.source.facts()
    in_scope = known.items.filter(pc.equal(known.items["source"], configured.name))
    decision = decide(listed, known, in_scope, full_refresh=look.full_refresh, sampled=look.sample is not None)
    share = None if look.allow_mass_delete else run.settings.ingest.max_deleted_share
    check_listing(configured.name, listed.num_rows, in_scope.num_rows, decision.gone.num_rows, share)
    return decision, {"listed": listed.num_rows, **facts}


def stage(run: Run, configured: ConfiguredSource, look: Look, name: str) -> Staged:
    """List a source, take in what changed, and say which files hold it."""
    known = load_known(run.lake, ingest_fingerprint(run.settings))
    with run.step(f"list {configured.name}"):
        decision, seen = look_at(run, configured, known, look, name)
    now = datetime.now(UTC)
    work = ExtractTask(
        sources={configured.name: configured},
        lake={
            table.name: (run.lake.table_uri(table), next_version(known.versions[table.name])) for table in (DOCUMENTS, QUARANTINE)
        },
        settings=run.settings.ingest,
        now=now,
        retry_refused=known.retry_refused,
        full_refresh=look.full_refresh,
    )
    with run.step(f"take in {configured.name}"):
        outcomes = run_extract_tasks(f"reading {configured.name}", work, decision.take, run.settings.spark)
    facts: dict[str, Any] = {
        **seen,
        "read": decision.take.num_rows,
        "bytes_read": pc.sum(outcomes["size"]).as_py() or 0,
    }
    dataset = configured.source.dataset()
    staged = _staged(run, configured.name, known, decision, outcomes, now, facts)
    return replace(staged, dataset=(dataset.namespace, dataset.name))


def stage_removed(run: Run, names: Sequence[str]) -> Staged | None:
    """The deletion of what came from sources that are not configured any more; None if there is nothing of them."""
    known = load_known(run.lake, ingest_fingerprint(run.settings))
    gone = known.items.filter(pc.invert(pc.is_in(known.items["source"], pa.array(names, pa.string()))))
    if gone.num_rows == 0:
        return None
    from ragline.ingest.sync.decide import TAKE
    from ragline.ingest.sync.task_results import OUTCOMES

    decision = Decision(TAKE.empty_table(), known.items.slice(0, 0), gone)
    return _staged(run, "", known, decision, OUTCOMES.empty_table(), datetime.now(UTC), {})


def _staged(
    run: Run, source: str, known: Known, decision: Decision, outcomes: pa.Table, now: datetime, facts: dict[str, Any]
) -> Staged:
    rows = outcomes.to_pylist()
    settled = settle(decision, known, (row for row in rows if row["doc_id"]), now)
    files = [_file(row) for row in rows if row["path"]]
    for table, made in ((QUARANTINE, settled.resolutions), (DOCUMENTS, settled.deletions), (ITEMS, settled.items)):
        files += _write(run, table, known, made)
    return Staged(
        source=source,
        versions=dict(known.versions),
        files=files,
        change=_change(settled),
        config=ingest_fingerprint(run.settings),
        is_nothing=settled.is_nothing,
        counts=settled.counts,
        drops=settled.drops,
        facts=facts,
    )


def _file(row: Row) -> Row:
    return {name: row[name] for name in ("table", "path", "bytes", "modification_time", "stats")}


def _write(run: Run, table: Table, known: Known, rows: list[Row]) -> list[Row]:
    seq = next_version(known.versions[table.name])
    return [file_row(table.name, action) for action in write_part(table, run.lake.table_uri(table), seq, rows)]


def _change(settled: Settled) -> str:
    """A hash of what would be written, times aside: two looks that found the same would write the same."""
    gone = sorted(row["doc_id"] for row in settled.deletions)
    resolved = sorted(row["doc_id"] for row in settled.resolutions)
    items = sorted(fingerprint(row) for row in settled.items)
    return fingerprint([sorted(settled.written), gone, resolved, items])


def _spool(folder: str, content: bytes) -> str:
    uri = f"{folder}/spool/{content_hash(content)}"
    write_bytes(uri, content)
    return uri
