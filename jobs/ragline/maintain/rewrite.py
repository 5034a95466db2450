"""Write the rows of a table's files that count into new files, a few at a time, each with the ``seq`` that it has."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from ragline.contracts.tables import Table
from ragline.lake.files import open_filesystem
from ragline.lake.part_files import PartFile
from ragline.lake.stored_files import StoredFile
from ragline.maintain.counting_rows import FileRows

_ROWS_PER_READ = 1024
_ROWS_PER_GROUP = 16_384
_BYTES_PER_GROUP = 16 * 2**20
_BYTES_PER_FILE = 256 * 2**20


def read_columns(table: Table, table_uri: str, file: StoredFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a file's rows, in the order they are stored in; a column that the file is older than is null."""
    filesystem, folder = open_filesystem(table_uri)
    wanted = pa.schema([table.schema.field(name) for name in columns])
    with filesystem.open_input_file(f"{folder}/{file.path}") as stream, pq.ParquetFile(stream) as stored:
        there = [name for name in columns if name in stored.schema_arrow.names]
        for batch in stored.iter_batches(_ROWS_PER_READ, columns=there):
            arrays = [
                batch[field.name].cast(field.type) if field.name in there else pa.nulls(batch.num_rows, field.type)
                for field in wanted
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=wanted)


def rewrite(table: Table, table_uri: str, files: Sequence[FileRows]) -> list[AddAction]:
    """Write what counts of these files into new ones below the table's folder; return what to commit. Until it is committed,
    nobody reads it."""
    actions: list[AddAction] = []
    part, written, waiting = PartFile(table, table_uri, None, data_change=False), 0, _Waiting()
    for file in files:
        for batch in _counting(table, table_uri, file):
            if full := waiting.add(batch):
                part.add_table(full)
                written += full.nbytes
            if written >= _BYTES_PER_FILE:
                actions += _closed(part)
                part, written = PartFile(table, table_uri, None, data_change=False), 0
    if rest := waiting.take():
        part.add_table(rest)
    return [*actions, *_closed(part)]


class _Waiting:
    """Rows that are gathered until they make a row group."""

    def __init__(self) -> None:
        self._batches: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0

    def add(self, batch: pa.RecordBatch) -> pa.Table | None:
        """Take rows; give back what is enough for a group."""
        self._batches.append(batch)
        self._rows, self._bytes = self._rows + batch.num_rows, self._bytes + batch.nbytes
        return self.take() if self._rows >= _ROWS_PER_GROUP or self._bytes >= _BYTES_PER_GROUP else None

    def take(self) -> pa.Table | None:
        """Give back what there is."""
        batches, self._batches, self._rows, self._bytes = self._batches, [], 0, 0
        return pa.Table.from_batches(batches) if batches else None


def _closed(part: PartFile) -> list[AddAction]:
    action = part.close()
    return [action] if action else []


def _counting(table: Table, table_uri: str, file: FileRows) -> Iterator[pa.RecordBatch]:
    start = 0
    for batch in read_columns(table, table_uri, file.file, table.schema.names):
        here = slice(start, start + batch.num_rows)
        start += batch.num_rows
        rows = _without_content(table, batch, file.redact[here]) if file.redact[here].any() else batch
        if (chosen := file.count[here]).any():
            yield rows if chosen.all() else rows.filter(pa.array(chosen))


def _without_content(table: Table, rows: pa.RecordBatch, redact: np.ndarray) -> pa.RecordBatch:
    """The rows, those to ``redact`` without what they hold of content."""
    kept = pa.array(np.arange(rows.num_rows), mask=redact)  # taking a null gives a null
    columns = [rows[name].take(kept) if name in table.retention.content else rows[name] for name in rows.schema.names]
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)
