"""Rows of a table held against its column rules, a record batch at a time; only what was counted is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ragline.contracts.tables import Table
from ragline.gates.column_rules import ColumnRule
from ragline.gates.tally import Tally, row_keys
from ragline.lake.files import open_filesystem
from ragline.lake.row_cursor import rows_at

# Some rows of a row group. The last three: where the document of each row stands, for rows that are made of one.
UNITS = pa.schema(
    [
        ("file", pa.string()),
        ("row_group", pa.int32()),
        ("positions", pa.list_(pa.int64())),
        ("document_files", pa.list_(pa.string())),
        ("document_groups", pa.list_(pa.int64())),
        ("document_positions", pa.list_(pa.int64())),
    ]
)


class Look(Protocol):
    """What is looked at in rows beyond the column rules."""

    def __call__(self, rows: pa.RecordBatch, documents: pa.RecordBatch, tally: Tally) -> None:
        """``documents``: file, row group and position of each row's document, nulls where there is none."""
        ...


class LookMaker(Protocol):
    """Makes a look for one task. Pickled, so it holds names and no open files."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it wants."""
        ...

    def __call__(self) -> Look:
        """Runs in executors."""
        ...


@dataclass(frozen=True)
class CheckRows:
    """``UNITS`` in, ``PARTIAL`` out."""

    table: Table
    table_uri: str
    rules: tuple[ColumnRule, ...]
    look: LookMaker
    rows_per_read: int = 64

    def __call__(self, units: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs in executors, or here."""
        tally, look = Tally(), self.look()
        filesystem, folder = open_filesystem(self.table_uri)
        for batch in units:
            for unit in (batch.slice(row, 1) for row in range(batch.num_rows)):
                with filesystem.open_input_file(f"{folder}/{unit['file'][0]}") as stream:
                    self._check(pq.ParquetFile(stream), unit, look, tally)
        yield tally.batch()

    @property
    def columns(self) -> list[str]:
        """All that is read."""
        return list(dict.fromkeys([*self.table.key, *(rule.column for rule in self.rules), *self.look.columns]))

    def _check(self, file: pq.ParquetFile, unit: pa.RecordBatch, look: Look, tally: Tally) -> None:
        positions: np.ndarray = unit["positions"].flatten().to_numpy()
        places = [unit[name].flatten() for name in ("document_files", "document_groups", "document_positions")]
        documents = pa.RecordBatch.from_arrays(places, names=["file", "row_group", "position"])
        read = partial(rows_at, file, unit["row_group"][0].as_py(), positions, self.columns)
        for rows, part in read(self.rows_per_read):
            count_broken(rows, self.table, self.rules, tally)
            look(rows, documents.slice(part.start, part.stop - part.start) if documents.num_rows else documents, tally)


def count_broken(rows: pa.RecordBatch, table: Table, rules: tuple[ColumnRule, ...], tally: Tally) -> None:
    """Hold each row against each rule."""
    tally.add("rows_checked", rows.num_rows)
    for rule in rules:
        tally.found(rule.fact, row_keys(rows.filter(rule.broken(rows[rule.column])), table.key))
