"""The lake: Delta tables under one root, read at a version and committed to under a guard.

Source of the table format and its guarantees: the Delta Lake protocol, through delta-rs (``deltalake``).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction

from ragline.contracts.tables import Table
from ragline.errors import CommitConflict, LakeError

Mode = Literal["append", "overwrite"]
_METADATA = "ragline"
# The log is the lake's memory: commit keys and published versions older than Delta's thirty days must stay readable.
_KEEP_LOG = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


@dataclass(frozen=True)
class Commit:
    """What a commit is made from. Stands in the commit's metadata, so that it is made once."""

    key: str
    run_id: str
    inputs: Mapping[str, int] = field(default_factory=dict)
    fingerprint: str = ""


@dataclass(frozen=True)
class CommitInfo:
    """A commit as the table's log tells it."""

    version: int
    key: str
    run_id: str
    inputs: Mapping[str, int]
    fingerprint: str


@dataclass(frozen=True)
class StoredFile:
    """A Parquet file of a table: its path below the table's folder, its number of rows, and the range of ``seq`` in it (None:
    not known)."""

    path: str
    rows: int
    first_seq: int | None
    last_seq: int | None


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

        Raises:
            LakeError: the table cannot be read, or has no such version.
        """
        try:
            return DeltaTable(self.table_uri(table), version=version, storage_options=self._storage_options)
        except TableNotFoundError as error:
            if version is not None:
                raise LakeError(f"Table {table.name} has no version {version} in {self.uri}.") from error
            return None
        except (DeltaError, OSError) as error:
            at = "" if version is None else f" at version {version}"
            raise LakeError(f"Cannot read table {table.name}{at} in {self.uri}: {error}") from error

    def version(self, table: Table) -> int | None:
        """The newest version of a table, or None if it has none."""
        delta = self.open(table)
        return None if delta is None else delta.version()

    def commits(self, table: Table, limit: int | None = None) -> list[CommitInfo]:
        """The table's commits that Ragline made, newest first."""
        delta = self.open(table)
        if delta is None:
            return []
        return [info for entry in delta.history(limit) if (info := _commit_info(entry))]

    def last_commit(self, table: Table, at: int | None = None) -> CommitInfo | None:
        """The newest commit (at or below version ``at``), maintenance left out."""
        for info in self.commits(table):
            if at is None or info.version <= at:
                return info
        return None

    def find_commit(self, table: Table, key: str) -> CommitInfo | None:
        """The commit that carries this key, if it was made."""
        return next((info for info in self.commits(table) if info.key == key), None)

    def dataset(self, table: Table, version: int | None = None) -> pads.Dataset:
        """All stored rows of a table, superseded ones included, as a lazily read Arrow dataset."""
        delta = self.open(table, version)
        if delta is None:
            return pads.dataset(table.schema.empty_table())
        return _pruned_by_seq(delta)

    def files(self, table: Table, version: int | None = None) -> list[StoredFile]:
        """The files that make up a table."""
        delta = self.open(table, version)
        return [] if delta is None else _stored_files(delta)

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
            if not with_deleted:
                rows = rows.filter(pc.invert(rows["deleted"]))
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
        with _commit_errors(table, self.uri):
            write_deltalake(
                target,
                stamped,
                mode="error" if base is None else mode,
                commit_properties=_properties(commit),
                post_commithook_properties=_KEEP_LOG,
                storage_options=self._storage_options or None,
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
            return self._grown(table, delta)
        with _commit_errors(table, self.uri):
            DeltaTable.create(self.table_uri(table), table.schema, mode="ignore", storage_options=self._storage_options or None)
        return self.version(table) or 0

    def _grown(self, table: Table, delta: DeltaTable) -> int:
        there = {field.name for field in delta.schema().fields}
        if missing := [field for field in Schema.from_arrow(table.schema).fields if field.name not in there]:
            with _commit_errors(table, self.uri):
                delta.alter.add_columns(missing, post_commithook_properties=_KEEP_LOG)
        return int(delta.version())

    def write_files(self, table: Table, files: Iterable[AddAction], commit: Commit, base: int, mode: Mode = "append") -> int:
        """Commit Parquet files that executors have written below the table's folder, all in one version.

        Their rows must carry ``seq = base + 1``. The table must exist (``ensure``). As ``write`` otherwise.
        """
        if (done := self.find_commit(table, commit.key)) is not None:
            return done.version
        with _commit_errors(table, self.uri):
            self._at(table, base).create_write_transaction(
                list(files),
                mode=mode,
                schema=table.schema,
                commit_properties=_properties(commit),
                post_commithook_properties=_KEEP_LOG,
            )
        return base + 1

    def _at(self, table: Table, version: int) -> DeltaTable:
        delta = self.open(table, version)
        if delta is None:
            raise LakeError(f"Table {table.name} does not exist in {self.uri}.")
        return delta


def _pruned_by_seq(delta: DeltaTable) -> pads.Dataset:
    """The table's files, each known to hold only its range of ``seq``.

    delta-rs attaches what the statistics say of every column. Where a file's statistics leave a column out it says
    ``column >= null``, which makes Arrow pass that file over whatever the filter, so that only ``seq`` is taken from it.
    """
    dataset = delta.to_pyarrow_dataset()
    ranges = {file.path: (file.first_seq, file.last_seq) for file in _stored_files(delta)}
    fragments = [
        dataset.format.make_fragment(part.path, part.filesystem, _seq_range(*ranges.get(part.path, (None, None))))
        for part in dataset.get_fragments()
    ]
    return pads.FileSystemDataset(fragments, dataset.schema, dataset.format, dataset.filesystem)


def _stored_files(delta: DeltaTable) -> list[StoredFile]:
    actions = pa.table(delta.get_add_actions(flatten=True))
    for name in ("min.seq", "max.seq"):
        if name not in actions.column_names:
            actions = actions.append_column(name, pa.nulls(actions.num_rows, pa.int64()))
    rows = actions.select(["path", "num_records", "min.seq", "max.seq"]).to_pylist()
    return [StoredFile(row["path"], row["num_records"] or 0, row["min.seq"], row["max.seq"]) for row in rows]


def _seq_range(low: int | None, high: int | None) -> pc.Expression | None:
    return None if low is None or high is None else (pc.field("seq") >= low) & (pc.field("seq") <= high)


def newest_rows(keys: pa.ChunkedArray, seq: pa.ChunkedArray) -> pa.Array:
    """Boolean mask of the rows whose ``seq`` is the highest of their key."""
    if len(keys) == 0:
        return pa.array([], pa.bool_())
    codes = keys.combine_chunks().dictionary_encode(null_encoding="encode").indices.to_numpy(zero_copy_only=False)
    numbers = seq.to_numpy()
    newest = np.full(codes.max() + 1, -1, dtype=np.int64)
    np.maximum.at(newest, codes, numbers)
    return pa.array(numbers == newest[codes])


def _bookkeeping(table: Table) -> list[str]:
    return [table.version_key, "seq", "deleted"] if table.version_key else []


def _filter_columns(filter: pc.Expression | None, table: Table) -> list[str]:
    """The columns an expression names. Arrow has no accessor for them, so its text is searched."""
    text = "" if filter is None else str(filter)
    return [name for name in table.schema.names if name in text]


def _properties(commit: Commit) -> CommitProperties:
    payload = {
        "key": commit.key,
        "run_id": commit.run_id,
        "inputs": dict(commit.inputs),
        "fingerprint": commit.fingerprint,
    }
    return CommitProperties(custom_metadata={_METADATA: json.dumps(payload, sort_keys=True)}, max_commit_retries=0)


def _commit_info(entry: Mapping[str, Any]) -> CommitInfo | None:
    text = entry.get(_METADATA)
    if not isinstance(text, str):
        return None
    payload = json.loads(text)
    return CommitInfo(int(entry["version"]), payload["key"], payload["run_id"], payload["inputs"], payload["fingerprint"])


@contextmanager
def _commit_errors(table: Table, uri: str) -> Iterator[None]:
    """Translate what delta-rs raises on a commit, once, here."""
    try:
        yield
    except (CommitFailedError, DeltaError) as error:
        if isinstance(error, CommitFailedError) or "already exists" in str(error):
            raise CommitConflict(f"Another run committed to {table.name} in {uri} first.") from error
        raise LakeError(f"Cannot write table {table.name} in {uri}: {error}") from error
    except OSError as error:
        raise LakeError(f"Cannot write table {table.name} in {uri}: {error}") from error
