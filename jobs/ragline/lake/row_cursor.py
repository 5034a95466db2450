"""Rows of a Parquet row group by their positions, read forwards, few at a time, however large the group is."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def rows_at(
    file: pq.ParquetFile, row_group: int, positions: np.ndarray, columns: Sequence[str], rows_per_read: int
) -> Iterator[tuple[pa.RecordBatch, slice]]:
    """The rows at ascending positions, with the slice of ``positions`` that they are at.

    Columns that the file does not have come as nulls of no type.
    """
    there = [name for name in columns if name in file.schema_arrow.names]
    start = done = 0
    for batch in file.iter_batches(rows_per_read, row_groups=[row_group], columns=there):
        end = int(np.searchsorted(positions, start + batch.num_rows))
        if end > done:
            rows = batch if end - done == batch.num_rows else batch.take(pa.array(positions[done:end] - start))
            arrays = [rows[name] if name in there else pa.nulls(rows.num_rows) for name in columns]
            yield pa.RecordBatch.from_arrays(arrays, names=list(columns)), slice(done, end)
        start, done = start + batch.num_rows, end
        if done == len(positions):
            return


class RowCursor:
    """One column of a row group. Going forwards costs one reading in all; going back starts again."""

    def __init__(self, file: pq.ParquetFile, row_group: int, column: str, rows_per_read: int = 64) -> None:
        self._file, self._group, self._column, self._size = file, row_group, column, rows_per_read
        self._start, self._ahead = 0, self._from_the_top()
        self._rows: pa.RecordBatch = next(self._ahead)

    def value(self, position: int) -> object:
        """What stands there, as Python has it."""
        if position < self._start:
            self._start, self._ahead = 0, self._from_the_top()
            self._rows = next(self._ahead)
        while position >= self._start + self._rows.num_rows:
            self._start += self._rows.num_rows
            self._rows = next(self._ahead)
        return self._rows[0][position - self._start].as_py()

    def _from_the_top(self) -> Iterator[pa.RecordBatch]:
        batches: Iterator[pa.RecordBatch] = self._file.iter_batches(self._size, row_groups=[self._group], columns=[self._column])
        return batches
