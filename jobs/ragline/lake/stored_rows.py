"""Rows of a table's files as Arrow batches: read in this process, or in executors that got the names of the files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ragline.contracts.tables import Table
from ragline.lake.files import open_filesystem
from ragline.lake.lake import Lake
from ragline.lake.stored_files import StoredFile, newest_rows

_ROWS_PER_BATCH = 16_384

Batches = Iterator[pa.RecordBatch]

_PLACE = (("file", pa.string()), ("row_group", pa.int32()), ("position", pa.int64()))


@dataclass(frozen=True)
class Range:
    """Rows written after version ``since`` (None: from the start) up to ``until`` (None: to the end)."""

    since: int | None = None
    until: int | None = None

    @property
    def filter(self) -> pc.Expression:
        """The same as a condition on ``seq``."""
        condition = pc.field("seq") > (-1 if self.since is None else self.since)
        return condition if self.until is None else condition & (pc.field("seq") <= self.until)

    def at(self, version: int | None) -> "Range":
        """The part of the range that a version of the table has (None: the newest): its files may hold later rows, too."""
        return self if version is None else Range(self.since, version if self.until is None else min(self.until, version))

    def touches(self, file: StoredFile) -> bool:
        """Whether the file may hold such rows."""
        early = self.since is not None and file.last_seq is not None and file.last_seq <= self.since
        late = self.until is not None and file.first_seq is not None and file.first_seq > self.until
        return not early and not late


@dataclass(frozen=True)
class ReadFiles:
    """Names of files in, their rows out: some columns, ``seq``, ``deleted``, and where each row stands."""

    table: Table
    table_uri: str
    columns: tuple[str, ...]
    rows: Range

    @property
    def schema(self) -> pa.Schema:
        """Of what comes out."""
        stored = [self.table.schema.field(name) for name in (*self.columns, "seq", "deleted")]
        return pa.schema([*stored, *(pa.field(name, kind) for name, kind in _PLACE)])

    def __call__(self, batches: Batches) -> Batches:
        """Runs in executors."""
        filesystem, folder = open_filesystem(self.table_uri)
        for batch in batches:
            for name in batch["file"].to_pylist():
                with filesystem.open_input_file(f"{folder}/{name}") as stream:
                    yield from self._file(name, pq.ParquetFile(stream))

    def _file(self, name: str, file: pq.ParquetFile) -> Batches:
        # A file that is older than a column of the table has nothing there.
        there = [column for column in (*self.columns, "seq", "deleted") if column in file.schema_arrow.names]
        for group in range(file.num_row_groups):
            start = 0
            for batch in file.iter_batches(_ROWS_PER_BATCH, row_groups=[group], columns=there):
                rows = pa.Table.from_batches([batch])
                for field in self.schema:
                    if field.name not in rows.column_names:
                        rows = rows.append_column(field, self._place(field, name, group, start, rows.num_rows))
                start += batch.num_rows
                yield from rows.filter(self.rows.filter).select(self.schema.names).cast(self.schema).to_batches()

    def _place(self, field: pa.Field, name: str, group: int, start: int, count: int) -> pa.Array:
        if field.name == "file":
            return pa.repeat(name, count)
        if field.name == "row_group":
            return pa.repeat(pa.scalar(group, pa.int32()), count)
        return pa.array(range(start, start + count), pa.int64()) if field.name == "position" else pa.nulls(count, field.type)


@dataclass(frozen=True)
class ReadLog:
    """Names of files in, some columns of their rows out."""

    table_uri: str
    schema: pa.Schema

    def __call__(self, batches: Batches) -> Batches:
        """Runs in executors."""
        filesystem, folder = open_filesystem(self.table_uri)
        for batch in batches:
            for name in batch["file"].to_pylist():
                with filesystem.open_input_file(f"{folder}/{name}") as stream:
                    for rows in pq.ParquetFile(stream).iter_batches(_ROWS_PER_BATCH, columns=self.schema.names):
                        yield rows.cast(self.schema)


def stored_count(lake: Lake, table: Table, version: int | None, rows: Range) -> int:
    """At most how many rows a range of a table has, from the statistics of its files."""
    wanted = rows.at(version)
    return sum(file.rows for file in lake.files(table, version) if wanted.touches(file))


def rows_here(
    lake: Lake,
    table: Table,
    columns: Sequence[str],
    version: int | None = None,
    rows: Range | None = None,
    with_places: bool = False,
) -> pa.Table:
    """Of the rows in a range, the newest of each ``version_key``, deleted ones included, with ``seq`` and ``deleted``; with
    ``file``, ``row_group`` and ``position`` too if asked for. Meant for ids and numbers: all of it is held in memory."""
    rows = (rows or Range()).at(version)
    read = ReadFiles(table, lake.table_uri(table), tuple(columns), rows)
    names = [file.path for file in lake.files(table, version) if rows.touches(file)]
    kept = [name for name in read.schema.names if with_places or name in table.schema.names]
    batches = (batch.select(kept) for batch in read(iter([pa.record_batch({"file": pa.array(names, pa.string())})])))
    found = pa.Table.from_batches(batches, schema=pa.schema([read.schema.field(name) for name in kept]))
    return found.filter(newest_rows(found[table.version_key], found["seq"])) if table.version_key else found
