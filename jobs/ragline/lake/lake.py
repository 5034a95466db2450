"""The lake: Delta tables under one root, read at a version and committed to under a guard.

Source of the table format and its guarantees: the Delta Lake protocol, through delta-rs (``deltalake``).
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from deltalake import CommitProperties, DeltaTable, Schema, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from ragline.contracts.tables import Table
from ragline.errors import CommitConflict, LakeError
from ragline.lake.commit_log import CommitLog
from ragline.lake.commits import KEEP_LOG, Commit, CommitInfo, commit_errors, commit_info, commit_properties, table_properties
from ragline.lake.stored_files import StoredFile, missing_files, newest_rows, pruned_by_seq, stored_files
from ragline.lake.upkeep_notes import UpkeepNotes, compaction_note, upkeep_notes

Mode = Literal["append", "overwrite"]


class Lake:
    """The tables under one root URI (a folder, or an object-store prefix)."""

    def __init__(self, uri: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.uri = uri.rstrip("/")
        self._storage_options = dict(storage_options or {})

    def table_uri(self, table: Table) -> str:
        """Where a table is, whether or not it exists."""
        return f"{self.uri}/{table.name}"

    def open(self, table: Table, version: int | None = None) -> DeltaTable | None:
        """The Delta table at a version (default: the newest), or None if it has none.

        Where maintenance has compacted the table since, that may be a later version which holds the rows of the one asked for:
        those with a ``seq`` up to it.

        Raises:
            LakeError: the table cannot be read, or has no such version, or not any longer.
        """
        if version is None:
            return self.snapshot(table)
        notes = self.upkeep_notes(table)
        delta = self.snapshot(table, notes.holding(version))
        if delta is not None and (removed_at := notes.removed_at(delta.version())) and self._lacks_files(table, delta):
            raise LakeError(
                f"Version {version} of table {table.name} in {self.uri} has expired: 'ragline maintain' removed its files at "
                f"{removed_at:%Y-%m-%d %H:%M} UTC, as neither a kept release nor a publication needed it any longer or it held "
                "a document that had to go. Use a later version."
            )
        return delta

    def snapshot(self, table: Table, version: int | None = None) -> DeltaTable | None:
        """The Delta table at exactly this version (default: the newest), whether or not its files are still there."""
        try:
            return DeltaTable(self.table_uri(table), version=version, storage_options=self._storage_options)
        except TableNotFoundError as error:
            if version is not None:
                raise LakeError(f"Table {table.name} has no version {version} in {self.uri}.") from error
            return None
        except (DeltaError, OSError) as error:
            at = "" if version is None else f" at version {version}"
            raise LakeError(f"Cannot read table {table.name}{at} in {self.uri}: {error}") from error

    def upkeep_notes(self, table: Table) -> UpkeepNotes:
        """What maintenance did to the table."""
        return upkeep_notes(self.log(table).upkeep())

    def version(self, table: Table) -> int | None:
        """The newest version of a table, or None if it has none."""
        delta = self.open(table)
        return None if delta is None else delta.version()

    def commits(self, table: Table, at: int | None = None) -> Iterator[CommitInfo]:
        """The table's commits (at or below version ``at``) that Ragline's jobs made, newest first; maintenance is left out."""
        return (info for entry in self.log(table).newest_first(at) if (info := commit_info(entry)))

    def last_commit(self, table: Table, at: int | None = None) -> CommitInfo | None:
        """The newest commit (at or below version ``at``), maintenance left out."""
        return next(self.commits(table, at), None)

    def find_commit(self, table: Table, key: str) -> CommitInfo | None:
        """The commit that carries this key, if it was made."""
        entry = self.log(table).find(key)
        return None if entry is None else commit_info(entry)

    def log(self, table: Table) -> CommitLog:
        """What the table's log says of its commits."""
        return CommitLog(self.table_uri(table))

    def dataset(self, table: Table, version: int | None = None) -> pads.Dataset:
        """All stored rows of a table, superseded ones included, as a lazily read Arrow dataset."""
        delta = self.open(table, version)
        if delta is None:
            return pads.dataset(table.schema.empty_table())
        stored = pruned_by_seq(delta)
        return stored if version is None else stored.filter(pc.field("seq") <= version)

    def files(self, table: Table, version: int | None = None) -> list[StoredFile]:
        """The files that hold a table's rows at a version: those with a ``seq`` up to it (and maybe later ones)."""
        delta = self.open(table, version)
        return [] if delta is None else stored_files(delta)

    def read(
        self,
        table: Table,
        version: int | None = None,
        columns: Sequence[str] | None = None,
        filter: pc.Expression | None = None,
        since: int | None = None,
        with_deleted: bool = False,
    ) -> pa.Table:
        """The rows that count at a version: the newest of each ``version_key``, deleted ones left out.

        ``since`` keeps only rows written after that version, without opening older files;
        ``filter`` applies to rows that count. Columns come in the schema's order and types.
        """
        dataset = self.dataset(table, version)
        names = [name for name in table.schema.names if columns is None or name in columns]
        needed = list(dict.fromkeys([*names, *_bookkeeping(table), *_filter_columns(filter, table)]))
        there = [name for name in needed if name in dataset.schema.names]
        rows = dataset.to_table(columns=there, filter=None if since is None else pc.field("seq") > since)
        for name in needed:
            if name not in there:  # a version from before the table had this column
                rows = rows.append_column(name, pa.nulls(rows.num_rows, table.schema.field(name).type))
        if table.version_key:
            rows = rows.filter(newest_rows(rows[table.version_key], rows["seq"]))
            if not with_deleted:  # null in rows of before the table could delete
                rows = rows.filter(pc.invert(pc.fill_null(rows["deleted"], False)))
        if filter is not None:
            rows = rows.filter(filter)
        return rows.select(names).cast(pa.schema([table.schema.field(name) for name in names]))

    def write(self, table: Table, rows: pa.Table, commit: Commit, base: int | None, mode: Mode = "append") -> int:
        """Commit rows on top of version ``base`` (None: the table must not exist yet); return the version written.

        ``seq`` is filled in here. If a commit with this key is there already, nothing is written.

        Raises:
            CommitConflict: somebody else committed after ``base``.
            LakeError: the lake cannot be written.
        """
        if (done := self.find_commit(table, commit.key)) is not None:
            return done.version
        seq = 0 if base is None else base + 1
        stamped = rows.drop_columns(["seq"]) if "seq" in rows.column_names else rows
        stamped = stamped.append_column("seq", pa.array([seq] * rows.num_rows, pa.int64()))
        stamped = stamped.select(table.schema.names).cast(table.schema)
        target: str | DeltaTable = self.table_uri(table) if base is None else self._at(table, base)
        with commit_errors(table, self.uri):
            write_deltalake(
                target,
                stamped,
                mode="error" if base is None else mode,
                commit_properties=commit_properties(commit),
                post_commithook_properties=KEEP_LOG,
                storage_options=self._storage_options or None,
                configuration=table_properties(table) if base is None else None,
            )
        return seq

    def append(self, table: Table, rows: pa.Table, commit: Commit, attempts: int = 20) -> int:
        """Append to a log table, whoever else does: on a conflict, look again and commit on top of theirs."""
        for _ in range(attempts - 1):
            try:
                return self.write(table, rows, commit, self.version(table))
            except CommitConflict:
                continue
        return self.write(table, rows, commit, self.version(table))

    def ensure(self, table: Table) -> int:
        """Create the table empty if it is not there, add the columns that it lacks; return its newest version."""
        if (delta := self.open(table)) is not None:
            return self._with_added_columns(table, delta)
        with commit_errors(table, self.uri):
            DeltaTable.create(
                self.table_uri(table),
                table.schema,
                mode="ignore",
                configuration=table_properties(table),
                storage_options=self._storage_options or None,
            )
        return self.version(table) or 0

    def _with_added_columns(self, table: Table, delta: DeltaTable) -> int:
        there = {field.name for field in delta.schema().fields}
        if missing := [field for field in Schema.from_arrow(table.schema).fields if field.name not in there]:
            with commit_errors(table, self.uri):
                delta.alter.add_columns(missing, post_commithook_properties=KEEP_LOG)
        return int(delta.version())

    def write_files(self, table: Table, files: Iterable[AddAction], commit: Commit, base: int, mode: Mode = "append") -> int:
        """Commit Parquet files that executors have written below the table's folder, all in one version.

        Their rows must carry ``seq = base + 1``. The table must exist (``ensure``). As ``write`` otherwise.
        """
        if (done := self.find_commit(table, commit.key)) is not None:
            return done.version
        self._commit_files(table, list(files), base, mode, commit_properties(commit))
        return base + 1

    def replace_files(
        self, table: Table, removed: Iterable[StoredFile], added: Iterable[AddAction], holds: Sequence[int], base: int
    ) -> int:
        """Commit, on top of version ``base``, that files take the place of others: the same rows with the same ``seq``, but for
        those that count at none of the versions in ``holds``. No job's commit: nobody takes it for a change of the table.

        Raises:
            CommitConflict: somebody else committed after ``base``.
            LakeError: the lake cannot be written.
        """
        now = int(time.time() * 1000)
        gone = [RemoveAction(file.path, False, now, file.size, {}) for file in removed]
        self._commit_files(table, [*gone, *added], base, "append", compaction_note(holds))
        return base + 1

    def _commit_files(
        self, table: Table, actions: list[AddAction | RemoveAction], base: int, mode: Mode, properties: CommitProperties
    ) -> None:
        with commit_errors(table, self.uri):
            self._at(table, base).create_write_transaction(
                actions,
                mode=mode,
                schema=table.schema,
                commit_properties=properties,
                post_commithook_properties=KEEP_LOG,
            )

    def _lacks_files(self, table: Table, delta: DeltaTable) -> bool:
        return bool(missing_files(self.table_uri(table), delta))

    def _at(self, table: Table, version: int) -> DeltaTable:
        delta = self.snapshot(table, version)
        if delta is None:
            raise LakeError(f"Table {table.name} does not exist in {self.uri}.")
        return delta


def _bookkeeping(table: Table) -> list[str]:
    return [table.version_key, "seq", "deleted"] if table.version_key else []


def _filter_columns(filter: pc.Expression | None, table: Table) -> list[str]:
    """The columns an expression names. Arrow has no accessor for them, so its text is searched."""
    text = "" if filter is None else str(filter)
    return [name for name in table.schema.names if name in text]
