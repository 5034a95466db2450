"""A Spark data frame as new files of a lake's table, written by executors and committed by the driver."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
from deltalake.transaction import AddAction
from pyspark.sql import DataFrame

from ragline.contracts.tables import Table
from ragline.lake.file_rows import FILE, file_action, file_row
from ragline.lake.part_files import PartFile
from ragline.spark.small_frames import map_batches

# The file that a task wrote, and how many rows it holds.
WRITTEN = pa.schema([*FILE, ("rows", pa.int64())])


@dataclass(frozen=True)
class WrittenRows:
    """Files to commit, and how many rows they hold."""

    files: list[AddAction]
    rows: int


@dataclass(frozen=True)
class WriteRows:
    """Rows in, one file for each task out. Until it is committed the file belongs to nothing."""

    table: Table
    table_uri: str
    seq: int

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        file = PartFile(self.table, self.table_uri, self.seq)
        rows = 0
        for batch in batches:
            file.add_table(pa.Table.from_batches([batch]))
            rows += batch.num_rows
        if action := file.close():
            yield pa.RecordBatch.from_pylist([{**file_row(action), "rows": rows}], schema=WRITTEN)


def write_rows(rows: DataFrame, table: Table, table_uri: str, seq: int) -> WrittenRows:
    """Write rows that have all columns of the table but ``seq``."""
    told = map_batches(rows, WriteRows(table, table_uri, seq), WRITTEN).toArrow().to_pylist()
    return WrittenRows([file_action(row) for row in told], sum(row["rows"] for row in told))
