"""Read rows of a Parquet row group by their positions, a few at a time, so that a large group needs little memory."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def rows_at(
    file: pq.ParquetFile, row_group: int, positions: np.ndarray, columns: Sequence[str], rows_per_read: int
) -> Iterator[tuple[pa.RecordBatch, slice]]:
    """Read the rows at ascending positions, in batches; each comes with the slice of ``positions`` that it holds.

    A column that the file does not have is filled with nulls, of Arrow's type null.
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
    """Read single values of one column of a row group. Ascending positions need one pass; going back starts another."""

    def __init__(self, file: pq.ParquetFile, row_group: int, column: str, rows_per_read: int = 64) -> None:
        self._file, self._group, self._column, self._size = file, row_group, column, rows_per_read
        self._start, self._ahead = 0, self._batches_from_the_start()
        self._rows: pa.RecordBatch = next(self._ahead)

    def value(self, position: int) -> object:
        """Get the value at a position as a Python object."""
        if position < self._start:
            self._start, self._ahead = 0, self._batches_from_the_start()
            self._rows = next(self._ahead)
        while position >= self._start + self._rows.num_rows:
            self._start += self._rows.num_rows
            self._rows = next(self._ahead)
        return self._rows[0][position - self._start].as_py()

    def _batches_from_the_start(self) -> Iterator[pa.RecordBatch]:
        batches: Iterator[pa.RecordBatch] = self._file.iter_batches(self._size, row_groups=[self._group], columns=[self._column])
        return batches
