"""The maintenance of one table: rows that do not count go, then files that no version needs which somebody reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from ragline.contracts.retention import Of
from ragline.contracts.tables import Table
from ragline.errors import LakeError
from ragline.lake.files import open_filesystem
from ragline.lake.lake import Lake
from ragline.lake.log_statistics import forget_content_statistics
from ragline.lake.stored_files import StoredFile, stored_files
from ragline.maintain.compaction import Terms, compact
from ragline.maintain.counting_rows import FileRows, counting_rows
from ragline.maintain.expired_content import ExpiredContent
from ragline.maintain.needed_rows import judge_of, judge_of_tombstones, needed_rows
from ragline.maintain.read_points import ReadPoints
from ragline.maintain.rewrite import read_columns
from ragline.maintain.upkeep import checkpoint, removable_files, vacuum
from ragline.runtime.run import Run


@dataclass
class Upkeep:
    """What maintenance goes by. ``complete``: no table was left for next time so far."""

    run: Run
    points: Mapping[str, ReadPoints]
    expired: ExpiredContent
    texts: pa.Array
    terms: Terms
    retention_hours: int
    complete: bool = True

    @property
    def lake(self) -> Lake:
        """The lake that is maintained."""
        return self.run.lake

    def maintain(self, table: Table) -> None:
        """Compact a table, remove files, write a checkpoint.

        Raises:
            CommitConflict: somebody else committed meanwhile; nothing was changed.
            LakeError: the table cannot be read or written.
        """
        base = self.lake.ensure(table)
        self.run.count("log entries freed of content", forget_content_statistics(self.lake, table))
        base = self.lake.version(table) or base
        points = self.points[table.name]
        found = self._judged(table, base, points)
        done = compact(self.lake, table, base, found, points, self.terms)
        if done.files:
            self.run.count("files compacted", done.files)
            self.run.count("rows removed", done.rows)
            self.run.wrote(table, self.lake.version(table))
        self._remove_files(table, points)

    def _judged(self, table: Table, base: int, points: ReadPoints) -> list[FileRows]:
        """Which rows of a version count."""
        uri = self.lake.table_uri(table)
        files = [_with_row_count(uri, file) for file in _files(self.lake.snapshot(table, base))]
        read = partial(read_columns, table, uri)
        if table.version_key:
            return counting_rows(table, files, read, points, self.expired.documents)
        if table.retention.of is Of.HISTORY:
            return [FileRows(file, np.ones(file.rows, dtype=bool), np.zeros(file.rows, dtype=bool)) for file in files]
        if table.retention.of is Of.DELETION:
            needed = judge_of_tombstones(self.lake, self.expired.documents, all_gone=self.complete)
        else:
            needed = judge_of(self.lake, table, self.points, self.expired, self.texts)
        return needed_rows(table, files, read, needed, partial(self.expired.held_by, table))

    def _remove_files(self, table: Table, points: ReadPoints) -> None:
        delta = self.lake.snapshot(table)
        if delta is None:
            return
        uri, kept = self.lake.table_uri(table), self._kept(table, points, delta.version())
        removed = 0
        if len(self.expired.documents) and self._replaced_hold_content(table, delta, kept):
            # Readers of a version that was replaced a moment ago lose it: the deadline has passed.
            removed = vacuum(delta, uri, 0, kept, full=False)
            delta.update_incremental()
        self.run.count("files removed", removed + vacuum(delta, uri, self.retention_hours, kept))
        self.run.count("checkpoints", checkpoint(delta, uri))

    def _kept(self, table: Table, points: ReadPoints, newest: int) -> list[int]:
        """The versions whose files stay although they are no part of the newest: those that are read, unless they hold content
        past its deadline."""
        notes = self.lake.upkeep_notes(table)
        kept = {notes.holding(version) for version in points.versions} - {newest}
        return sorted(version for version in kept if version < newest and not self._version_holds_content(table, version))

    def _version_holds_content(self, table: Table, version: int) -> bool:
        if not len(self.expired.documents):
            return False
        return any(self._holds_content(table, file) for file in _files(self.lake.snapshot(table, version)))

    def _replaced_hold_content(self, table: Table, delta: DeltaTable, kept: Sequence[int]) -> bool:
        names = removable_files(delta, self.lake.table_uri(table), 0, kept, full=False)
        return any(self._holds_content(table, StoredFile(name, 0, None, None)) for name in names)

    def _holds_content(self, table: Table, file: StoredFile) -> bool:
        """Whether a file holds something of an expired document. One that is not there any more holds nothing."""
        columns = self.expired.columns(table)
        if not columns:
            return False
        try:
            batches: Iterator[pa.RecordBatch] = read_columns(table, self.lake.table_uri(table), file, columns)
            return any(self.expired.held_by(table, batch).any() for batch in batches)
        except FileNotFoundError:
            return False


def _files(delta: DeltaTable | None) -> list[StoredFile]:
    return [] if delta is None else stored_files(delta)


def _with_row_count(table_uri: str, file: StoredFile) -> StoredFile:
    """A file whose statistics do not say how many rows it has says so itself."""
    if file.rows:
        return file
    filesystem, folder = open_filesystem(table_uri)
    try:
        return replace(file, rows=pq.read_metadata(f"{folder}/{file.path}", filesystem=filesystem).num_rows)
    except OSError as error:
        raise LakeError(f"Cannot read {file.path} of the table in {table_uri}: {error}") from error
