"""Check rows of a table one by one, a record batch at a time: column rules, and a check of texts. Only counts are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ragline.contracts.tables import Table
from ragline.gates.column_rules import ColumnRule
from ragline.gates.fact_counts import FactCounts, row_keys
from ragline.lake.files import open_filesystem
from ragline.lake.row_cursor import rows_at

# Some rows of a row group. The last three: where the document of each row stands, for rows that are made of one.
ROW_TASKS = pa.schema(
    [
        ("file", pa.string()),
        ("row_group", pa.int32()),
        ("positions", pa.list_(pa.int64())),
        ("document_files", pa.list_(pa.string())),
        ("document_groups", pa.list_(pa.int64())),
        ("document_positions", pa.list_(pa.int64())),
    ]
)


class TextCheck(Protocol):
    """A check of rows beyond the column rules: of documents' texts, of chunks' spans."""

    def __call__(self, rows: pa.RecordBatch, documents: pa.RecordBatch, counts: FactCounts) -> None:
        """``documents``: file, row group and position of each row's document, nulls where there is none."""
        ...


class TextCheckFactory(Protocol):
    """Makes the check of one task. It is pickled, so it holds names and no open files."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it wants."""
        ...

    def __call__(self) -> TextCheck:
        """Runs in executors."""
        ...


@dataclass(frozen=True)
class CheckRows:
    """``ROW_TASKS`` in, ``PARTIAL_COUNTS`` out: checks the rows that each of them names."""

    table: Table
    table_uri: str
    rules: tuple[ColumnRule, ...]
    text_check: TextCheckFactory
    rows_per_read: int = 64

    def __call__(self, tasks: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs in executors, or here."""
        counts, text_check = FactCounts(), self.text_check()
        filesystem, folder = open_filesystem(self.table_uri)
        for batch in tasks:
            for task in (batch.slice(row, 1) for row in range(batch.num_rows)):
                with filesystem.open_input_file(f"{folder}/{task['file'][0]}") as stream:
                    self._check(pq.ParquetFile(stream), task, text_check, counts)
        yield counts.batch()

    @property
    def columns(self) -> list[str]:
        """All that is read."""
        return list(dict.fromkeys([*self.table.key, *(rule.column for rule in self.rules), *self.text_check.columns]))

    def _check(self, file: pq.ParquetFile, task: pa.RecordBatch, text_check: TextCheck, counts: FactCounts) -> None:
        positions: np.ndarray = task["positions"].flatten().to_numpy()
        places = [task[name].flatten() for name in ("document_files", "document_groups", "document_positions")]
        documents = pa.RecordBatch.from_arrays(places, names=["file", "row_group", "position"])
        read = partial(rows_at, file, task["row_group"][0].as_py(), positions, self.columns)
        for rows, part in read(self.rows_per_read):
            count_broken(rows, self.table, self.rules, counts)
            text_check(rows, documents.slice(part.start, part.stop - part.start) if documents.num_rows else documents, counts)


def count_broken(rows: pa.RecordBatch, table: Table, rules: tuple[ColumnRule, ...], counts: FactCounts) -> None:
    """Count the rows that break each rule."""
    counts.add("rows_checked", rows.num_rows)
    for rule in rules:
        counts.add_rows(rule.fact, row_keys(rows.filter(rule.broken(rows[rule.column])), table.key))
