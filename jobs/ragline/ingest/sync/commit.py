"""Commit the staged files of all sources: one Delta version each of quarantine, documents and items.

Staged work was decided on the versions that it started from. Where the lake has moved on since, it is decided again: what other
runs have changed meanwhile is left as it is (``outdated.py``), and the rest goes on top.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE, Table
from ragline.errors import CommitConflict
from ragline.ingest.sync.outdated import outdated_items
from ragline.ingest.sync.staged import Staged
from ragline.lake.commits import Commit
from ragline.lake.files import open_filesystem
from ragline.lake.large_columns import is_among, large
from ragline.lake.part_files import PartFile
from ragline.runtime.run import Run

log = logging.getLogger(__name__)

# Items last: after a kill in between, an item without its new change marker is read again. The other way round, the marker
# would say that its documents are there.
ORDER = (QUARANTINE, DOCUMENTS, ITEMS)
_ATTEMPTS = 20


def commit(run: Run, staged: Sequence[Staged], config: str) -> list[Staged]:
    """Commit the files of all staged sources together; returns them as they were committed, without what was outdated.

    Raises:
        CommitConflict: other runs kept committing first.
    """
    landing = _Landing(run, staged, config)
    for table in ORDER:
        if any(row["table"] == table.name for source in staged for row in source.files):
            landing.commit(table)
    return [landing.landed(source) for source in staged]


class _Landing:
    """One commit of each table, on top of whatever others commit meanwhile."""

    def __init__(self, run: Run, staged: Sequence[Staged], config: str) -> None:
        self._run, self._staged, self._config = run, staged, config
        self._sources = {source.source: source.key() for source in staged}
        self._own: dict[str, int] = {}
        self._written: set[str] = set()  # sources of which documents or refusals were committed
        self._outdated: dict[str, pa.Array] = {source.source: pa.array([], pa.large_string()) for source in staged}

    def commit(self, table: Table) -> None:
        key = commit_key("ingest", table.name, self._sources, self._config)
        commit_info = Commit(key, self._run.run_id, fingerprint=self._config)
        for attempt in range(1, _ATTEMPTS + 1):
            if (found := self._run.lake.find_commit(table, key)) is not None:
                self._note(table, found.version, [source for source in self._staged if source.actions(table)])
                return
            base = self._run.lake.ensure(table)
            files = self._files(table, base)
            actions = [action for made in files.values() for action in made]
            if not actions:
                return
            try:
                version = self._run.lake.write_files(table, actions, commit_info, base)
            except CommitConflict as conflict:
                if attempt == _ATTEMPTS:
                    raise
                log.info("%s Trying again on top of it.", conflict)
                continue  # of two runs that wrote the same, the second one now finds the first one's key
            landed = [source for source in self._staged if files[source.source]]
            self._note(table, version, landed, sum(_row_count(action) for action in actions))
            return

    def landed(self, source: Staged) -> Staged:
        """A source without what was outdated."""
        outdated = self._outdated[source.source]
        if len(outdated) == 0:
            return source
        log.warning(
            "%s: %s items were changed in the lake by other runs since they were listed. What the lake holds of them was left as "
            "it is; the next run reads what differs.", source.source or "removed sources", f"{len(outdated):,}",
        )  # fmt: skip
        effects = source.effects.filter(pc.invert(is_among(source.effects["item"], outdated)))
        is_nothing = source.is_nothing or source.source not in self._written
        return replace(source, effects=effects, outdated=len(outdated), is_nothing=is_nothing)

    def _note(self, table: Table, version: int, sources: Sequence[Staged], rows: int | None = None) -> None:
        self._own[table.name] = version
        self._written |= {source.source for source in sources if table is not ITEMS}
        self._run.wrote(table, version, rows)

    def _files(self, table: Table, base: int) -> dict[str, list[AddAction]]:
        """The files of each source that go on top of version ``base``."""
        newest = {other.name: base if other is table else self._run.lake.version(other) for other in ORDER}
        for source in self._staged:
            self._outdated[source.source] = outdated_items(self._run.lake, source, newest, self._own)
        return {source.source: self._files_of(table, source, base) for source in self._staged}

    def _files_of(self, table: Table, staged: Staged, base: int) -> list[AddAction]:
        outdated, actions = self._outdated[staged.source], staged.actions(table)
        if staged.seq(table.name) == base + 1 and len(outdated) == 0:
            return actions
        # Another commit came after staging. ``seq`` decides which of the rows of one key is the newest, so the rows are rewritten
        # with the version that they really become part of.
        parts = staged.effects["doc_id"].filter(is_among(staged.effects["item"], outdated))
        left_out = pa.concat_arrays([outdated, *large(parts).chunks])
        table_uri = self._run.lake.table_uri(table)
        rewritten = (_rewrite(table_uri, table, action.path, base + 1, left_out) for action in actions)
        return [action for action in rewritten if action]


def _rewrite(table_uri: str, table: Table, path: str, seq: int, left_out: pa.Array) -> AddAction | None:
    filesystem, folder = open_filesystem(table_uri)
    part = PartFile(table, table_uri, seq)
    with filesystem.open_input_file(f"{folder}/{path}") as stream:
        for batch in pq.ParquetFile(stream).iter_batches(1024):
            kept = batch.filter(pc.invert(is_among(batch["doc_id"], left_out)))
            part.add(pa.Table.from_batches([kept]).drop_columns(["seq"]).to_pylist())
    return part.close()


def _row_count(action: AddAction) -> int:
    stats: Mapping[str, Any] = json.loads(action.stats)
    return int(stats["numRecords"])
