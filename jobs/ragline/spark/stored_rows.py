"""Rows of a lake's table as a Spark data frame, read by executors with pyarrow: no file passes through the driver."""

from collections.abc import Sequence

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from ragline.contracts.tables import Table
from ragline.lake.lake import Lake
from ragline.lake.stored_files import StoredFile
from ragline.lake.stored_rows import Range, ReadFiles, ReadLog, rows_here
from ragline.spark.small_frames import frame_of, map_batches, runs_python_in_driver

# Ids, hashes and numbers: some hundred megabytes.
_ROWS_IN_DRIVER = 1_000_000


def stored_rows(
    spark: SparkSession, lake: Lake, table: Table, columns: Sequence[str], version: int | None = None, rows: Range | None = None
) -> DataFrame:
    """Of the rows in a range, the newest of each ``version_key``, deleted ones included: ``columns``, ``seq``,
    ``deleted``, and ``file``, ``row_group``, ``position``, which say where a row stands."""
    rows = (rows or Range()).at(version)
    files = [file for file in lake.files(table, version) if rows.touches(file)]
    if runs_python_in_driver(spark) and sum(file.rows for file in files) <= _ROWS_IN_DRIVER:
        return frame_of(spark, rows_here(lake, table, columns, version, rows, with_places=True))
    read = ReadFiles(table, lake.table_uri(table), tuple(columns), rows)
    frame = map_batches(_names(spark, files), read, read.schema, parallel=True)
    commits = {end for file in files for end in (file.first_seq, file.last_seq)}
    if len(commits) == 1 and None not in commits:
        return frame  # written by one commit: no row takes the place of another
    latest = F.max("seq").over(Window.partitionBy(table.version_key or "seq"))
    return frame.withColumn("latest_seq", latest).filter(F.col("seq") == F.col("latest_seq")).drop("latest_seq")


def stored_log(spark: SparkSession, lake: Lake, table: Table, columns: Sequence[str]) -> DataFrame:
    """Some columns of all rows of a table that is only ever appended to."""
    read = ReadLog(lake.table_uri(table), pa.schema([table.schema.field(name) for name in columns]))
    files = lake.files(table)
    many = sum(file.rows for file in files) > _ROWS_IN_DRIVER
    return map_batches(_names(spark, files), read, read.schema, parallel=many)


def _names(spark: SparkSession, files: Sequence[StoredFile]) -> DataFrame:
    # An Arrow table goes to the JVM as it is; of a list Spark would make an RDD of Python's, with workers of its own.
    return spark.createDataFrame(pa.table({"file": pa.array([file.path for file in files], pa.string())}))
