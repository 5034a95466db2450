"""``ragline ingest``: what the sources hold becomes rows of ``documents``; what cannot, rows of ``quarantine``."""

import logging

import pyarrow as pa

from ragline.contracts.fingerprints import commit_key, fingerprint
from ragline.contracts.tables import DOCUMENTS, QUARANTINE, Table
from ragline.errors import CommitConflict, NothingToDo
from ragline.ingest.changes import COUNTED, Changes
from ragline.ingest.extract import PARSER_REVISION
from ragline.ingest.known import Known, Row, load_known
from ragline.ingest.look import Scope, look
from ragline.ingest.source_types import configured_sources
from ragline.runtime.lake import Commit
from ragline.runtime.run import Run
from ragline.runtime.settings import Settings

log = logging.getLogger(__name__)

ATTEMPTS = 3


def ingest(run: Run, *, sources: list[str] | None, sample: int | None, full_refresh: bool) -> None:
    """Bring the lake up to what the sources hold now, in one commit of each table.

    ``sources`` narrows the run to some of them, ``sample`` to so many items of each: what is outside is left alone.
    ``full_refresh`` parses every item again and writes those that come out differently. Without ``sources`` and
    ``sample``, documents of sources that are not configured any more are deleted.

    Raises:
        ConfigError: a source, its options or its place are wrong; nothing was written.
        SourceError: a source cannot be listed, or is empty; nothing was written.
        NothingToDo: the lake holds all of it already.
        CommitConflict: other runs kept committing first.
    """
    configured = configured_sources(run.settings, sources)
    by_name = {source.name: source for source in run.settings.sources}
    pairs = [(source, by_name[source.name]) for source in configured]
    scope = Scope(pairs, everything=sources is None, sample=sample, full_refresh=full_refresh)
    run.lineage.external_inputs.extend(source.dataset() for source in configured)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _bring_up_to_date(run, scope)
            return
        except CommitConflict as conflict:
            if attempt == ATTEMPTS:
                raise
            log.info("%s Looking again.", conflict)


def _bring_up_to_date(run: Run, scope: Scope) -> None:
    config = ingest_fingerprint(run.settings)
    known = load_known(run.lake, config, full_refresh=scope.full_refresh)
    with run.step("look"):
        changes = look(scope, known)
    run.manifest.counts.update({name: changes.counts[name] for name in COUNTED})
    run.manifest.drops.update(changes.drops)
    if not changes.documents and not changes.quarantine:
        raise NothingToDo(f"all {changes.counts['unchanged']:,} documents are in the lake as they are in the sources")
    with run.step("write"):
        _write(run, known, changes, config)


def ingest_fingerprint(settings: Settings) -> str:
    """The configuration of the sources, and the parsers' revision."""
    sources = [source.model_dump(mode="json") for source in settings.sources]
    return fingerprint({"parser": PARSER_REVISION, "sources": sources})


def _write(run: Run, known: Known, changes: Changes, config: str) -> None:
    # Quarantine first: what a kill in between leaves undone is then found again, as a change of the documents.
    _append(run, QUARANTINE, changes.quarantine, known.quarantine_version, changes.key(), config)
    _append(run, DOCUMENTS, changes.documents, known.documents_version, changes.key(), config)


def _append(run: Run, table: Table, rows: list[Row], base: int | None, change: str, config: str) -> None:
    if not rows:
        return
    key = commit_key("ingest", table.name, {table.name: -1 if base is None else base, "change": change}, config)
    commit = Commit(key, run.run_id, fingerprint=config)
    version = run.lake.write(table, pa.Table.from_pylist(rows, schema=table.schema), commit, base)
    run.wrote(table, version, len(rows))
