"""Parquet files of a Delta table that executors write and the driver commits."""

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from ragline.contracts.tables import Table, statistics_columns
from ragline.errors import LakeError
from ragline.lake.files import open_filesystem

_ROWS_PER_GROUP = 16_384
# A task of preprocess reads a group, so that groups are what a cluster shares out.
_CHARACTERS_PER_GROUP = 8 * 2**20


class PartFile:
    """One new file below a table's folder. It is part of the table only once its action is committed; until then,
    and after a kill, nobody reads it."""

    def __init__(self, table: Table, table_uri: str, seq: int | None, *, data_change: bool = True) -> None:
        """``seq`` None: the rows carry their own."""
        self._table, self._seq, self._data_change = table, seq, data_change
        self._filesystem, folder = open_filesystem(table_uri)
        self.name = f"part-{uuid.uuid4()}.parquet"
        self._path = f"{folder}/{self.name}"
        self._waiting: list[Mapping[str, Any]] = []
        self._waiting_characters = 0
        self._writer: pq.ParquetWriter | None = None
        self._rows = 0
        self._ends: dict[str, tuple[Any, Any]] = {}

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take rows; absent columns become null, ``seq`` is filled in."""
        self._waiting += rows
        self._waiting_characters += sum(len(row.get("text") or "") for row in rows)
        if len(self._waiting) >= _ROWS_PER_GROUP or self._waiting_characters >= _CHARACTERS_PER_GROUP:
            self._flush()

    def add_table(self, rows: pa.Table) -> None:
        """Take rows that have the table's columns, but for ``seq``, which is filled in."""
        if self._waiting:
            self._flush()
        for start in range(0, rows.num_rows, _ROWS_PER_GROUP):
            part = rows.slice(start, _ROWS_PER_GROUP)
            if self._seq is None:
                self._write(part.select(self._table.schema.names).cast(self._table.schema))
                continue
            stamped = part.append_column("seq", pa.repeat(pa.scalar(self._seq, pa.int64()), part.num_rows))
            self._write(stamped.select(self._table.schema.names).cast(self._table.schema))

    def close(self) -> AddAction | None:
        """Finish the file and say what to commit; None if there were no rows."""
        if self._waiting:
            self._flush()
        if self._writer is None:
            return None
        self._writer.close()
        size = self._filesystem.get_file_info(self._path).size
        return AddAction(self.name, size, {}, int(time.time() * 1000), self._data_change, self._statistics())

    def _flush(self) -> None:
        self._write(pa.Table.from_pylist([{**row, "seq": self._seq} for row in self._waiting], schema=self._table.schema))
        self._waiting, self._waiting_characters = [], 0

    def _write(self, rows: pa.Table) -> None:
        if self._writer is None:
            self._writer = self._open()
        self._writer.write_table(rows)
        self._rows += rows.num_rows
        for name in statistics_columns(self._table):
            ends = pc.min_max(rows[name]).as_py()
            if ends["min"] is not None:
                low, high = self._ends.get(name, (ends["min"], ends["max"]))
                self._ends[name] = min(low, ends["min"]), max(high, ends["max"])

    def _open(self) -> pq.ParquetWriter:
        try:
            self._filesystem.create_dir(os.path.dirname(self._path), recursive=True)
            return pq.ParquetWriter(self._path, self._table.schema, filesystem=self._filesystem, compression="zstd")
        except OSError as error:
            raise LakeError(f"Cannot write table {self._table.name}: {self._path}: {error}") from error

    def _statistics(self) -> str:
        low, high = ({name: ends[side] for name, ends in self._ends.items()} for side in (0, 1))
        nulls = {"seq": 0} if "doc_id" not in low else {"doc_id": 0, "seq": 0}
        return json.dumps({"numRecords": self._rows, "minValues": low, "maxValues": high, "nullCount": nulls})


def write_part(table: Table, table_uri: str, seq: int, rows: Sequence[Mapping[str, Any]]) -> list[AddAction]:
    """Write rows as one file; no rows, no file."""
    part = PartFile(table, table_uri, seq)
    part.add(rows)
    action = part.close()
    return [action] if action else []
