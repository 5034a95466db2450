"""Stage one source: list it, extract what changed into files below the tables' folders, and note down what to commit.

Nothing is committed here, so that nobody sees any of it yet.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import content_hash, fingerprint
from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE, Table
from ragline.ingest.source import Listing, Source
from ragline.ingest.sync.collisions import refuse_collisions, without_collisions
from ragline.ingest.sync.diff import TO_EXTRACT, Diff, check_listing, diff
from ragline.ingest.sync.earlier_items import are_earlier_items_current
from ragline.ingest.sync.fingerprint import SettingsHashes, ingest_fingerprint, settings_hashes
from ragline.ingest.sync.lake_state import LakeState, load_lake_state
from ragline.ingest.sync.list_source import list_here, list_in_spark
from ragline.ingest.sync.options import SyncOptions
from ragline.ingest.sync.reconcile import Changes, reconcile
from ragline.ingest.sync.staged import Staged, next_version, staging_folder
from ragline.ingest.sync.stored_content import stored_hashes
from ragline.ingest.sync.task_results import RESULTS
from ragline.lake.file_rows import file_row
from ragline.lake.files import write_bytes
from ragline.lake.part_files import PartFile, write_part
from ragline.runtime.run import Run
from ragline.spark.placement import place

Row = dict[str, Any]


def stage(run: Run, source: Source[Any], options: SyncOptions, name: str) -> Staged:
    """Stage a source under a name.

    Raises:
        SourceError: it cannot be listed to its end, or lists nothing and never did.
    """
    read_hashes = partial(stored_hashes, run, source.name) if options.full_refresh else None
    state = load_lake_state(run.lake, read_hashes)
    hashes = settings_hashes(run.settings, source)
    began = datetime.now(UTC)
    with run.step(f"list {source.name}"):
        found, facts = list_and_diff(run, source, state, hashes, options, name)
    with run.step(f"take in {source.name}"):
        results = _extract(run, source, state, found, hashes, options)
    facts |= {"read": found.to_extract.num_rows, "bytes_read": pc.sum(results["bytes_read"]).as_py() or 0}
    dataset = source.dataset()
    # What a sample does not name, it says nothing of.
    staged = _staged(run, source.name, state, found, results, None if options.sample else began)
    return replace(staged, facts=facts, dataset=(dataset.namespace, dataset.name))


def stage_removed(run: Run) -> list[Staged]:
    """Stage the deletion of what came from sources that are not configured any more, each of them by itself."""
    state = load_lake_state(run.lake)
    return [_stage_removal(run, state, name) for name in state.sources_but(source.name for source in run.settings.sources)]


def _stage_removal(run: Run, state: LakeState, name: str) -> Staged:
    nothing = state.items.slice(0, 0)
    found = Diff(TO_EXTRACT.empty_table(), nothing, state.items_of(name), nothing)
    return replace(_staged(run, name, state, found, RESULTS.empty_table(), None), is_removed=True)


def list_and_diff(
    run: Run, source: Source[Any], state: LakeState, hashes: SettingsHashes, options: SyncOptions, name: str
) -> tuple[Diff, dict[str, Any]]:
    """List a source and compare it with the lake; nothing is read but what listing must. Also what the listing found out.

    Raises:
        SourceError: as ``stage`` does.
    """
    listing = Listing(state.change_markers(source.name), partial(_spool, staging_folder(run.lake.uri, name)))
    listed, facts = _list(run, source, listing, options.sample)
    if not options.allow_mass_delete:
        check_listing(source.name, listed.num_rows, state.documents_of(source.name))
    stored = state.items_of(source.name)
    found = diff(
        listed,
        state,
        stored,
        hashes,
        earlier_are_current=are_earlier_items_current(run.lake, run.settings, stored),
        full_refresh=options.full_refresh,
        sampled=options.sample is not None,
    )
    return found, {"listed": listed.num_rows, **facts}


def _list(run: Run, source: Source[Any], listing: Listing, sample: int | None) -> tuple[pa.Table, Mapping[str, str]]:
    # What such a listing reads should not pass through the driver of a cluster.
    if source.reads_while_listing and place(run, f"listing {source.name}", cluster_always=True).in_spark:
        from ragline.ingest.sync.run_tasks import start_spark

        return list_in_spark(start_spark(f"list {source.name}", run.settings.spark), source, listing, sample)
    return list_here(source, listing, sample), source.facts()


def _extract(
    run: Run, source: Source[Any], state: LakeState, found: Diff, hashes: SettingsHashes, options: SyncOptions
) -> pa.Table:
    """``RESULTS`` of the items to extract."""
    if found.to_extract.num_rows == 0:
        return RESULTS.empty_table()
    # Parsers and Spark are loaded only where there is something to extract.
    from ragline.ingest.sync.extract_task import ExtractTask
    from ragline.ingest.sync.run_tasks import run_extract_tasks

    targets = {
        table.name: (run.lake.table_uri(table), next_version(state.versions[table.name])) for table in (DOCUMENTS, QUARANTINE)
    }
    task = ExtractTask(source, targets, run.settings.ingest, hashes, datetime.now(UTC), options.full_refresh)
    return run_extract_tasks(run, task, found.to_extract)


def _staged(run: Run, source: str, state: LakeState, found: Diff, results: pa.Table, listed_at: datetime | None) -> Staged:
    now, rows = datetime.now(UTC), results.to_pylist()
    extracted, files = [row for row in rows if row["doc_id"]], [row["file"] for row in rows if row["file"]]
    collisions = refuse_collisions(extracted, found, now)
    if collisions.staying:
        seq = {name: next_version(version) for name, version in state.versions.items()}
        files = list(without_collisions(run.lake, files, seq, collisions.staying))
    changes = reconcile(found, state, collisions.results, now)
    refusals = changes.resolved + collisions.refusals
    items = [{**row, "listed_at": listed_at} for row in changes.items]
    for table, made in ((QUARANTINE, refusals), (DOCUMENTS, changes.deletions), (ITEMS, items)):
        files += _write(run, table, state, made)
    files += _write_completed(run, state, found.completed)
    return Staged(
        source=source,
        versions=dict(state.versions),
        files=files,
        change=_hash(changes),
        config=ingest_fingerprint(run.settings),
        is_nothing=changes.is_nothing,
        unchanged=changes.unchanged,
        refusals=changes.refusals,
        listed_at=listed_at.isoformat() if listed_at else None,
        effects=changes.effects,
    )


def _write(run: Run, table: Table, state: LakeState, rows: list[Row]) -> list[Row]:
    actions = write_part(table, run.lake.table_uri(table), next_version(state.versions[table.name]), rows)
    return [{"table": table.name, **file_row(action)} for action in actions]


def _write_completed(run: Run, state: LakeState, items: pa.Table) -> list[Row]:
    """Items that got the hash of their settings; after an upgrade these are all items, so that they stay an Arrow table."""
    part = PartFile(ITEMS, run.lake.table_uri(ITEMS), next_version(state.versions[ITEMS.name]))
    rows = items.append_column("deleted", pa.repeat(pa.scalar(False), items.num_rows))
    part.add_table(rows.append_column("listed_at", pa.nulls(rows.num_rows, ITEMS.schema.field("listed_at").type)))
    return [{"table": ITEMS.name, **file_row(action)}] if (action := part.close()) else []


def _hash(changes: Changes) -> str:
    """A hash of all that would be written, times aside: two runs that found the same would write the same."""
    deleted = sorted(row["doc_id"] for row in changes.deletions)
    resolved = sorted(row["doc_id"] for row in changes.resolved)
    items = sorted(fingerprint(row) for row in changes.items)
    return fingerprint([sorted(changes.written), deleted, resolved, items])


def _spool(folder: str, content: bytes) -> str:
    uri = f"{folder}/spool/{content_hash(content)}"
    write_bytes(uri, content)
    return uri
