"""Work on data frames of few rows, done where it is cheapest.

Where a run has to do with few rows, starting Python workers and planning ever longer queries costs more than all the work.
There the rows pass through the driver instead: a function on Arrow batches is called in this process, and an intermediate
result becomes rows that the next plan begins with. Functions and queries are the same ones, and so are the rows that come out.
"""

from collections.abc import Callable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from ragline.spark.schemas import ddl

FEW_ROWS = "ragline.few_rows"

Batches = Iterator[pa.RecordBatch]


def has_few_rows(spark: SparkSession) -> bool:
    """Whether ``tuning.tune`` found that this session has to do with few rows."""
    return str(spark.conf.get(FEW_ROWS, "false")) == "true"


def frame_of(spark: SparkSession, rows: pa.Table) -> DataFrame:
    """The rows as a data frame that holds them itself: no file and no Python worker stands behind it."""
    if rows.num_rows == 0:  # PySpark cannot take a list column without a single chunk
        rows = pa.Table.from_arrays([pa.array([], field.type) for field in rows.schema], schema=rows.schema)
    return spark.createDataFrame(rows)


def map_batches(rows: DataFrame, work: Callable[[Batches], Batches], schema: pa.Schema, *, parallel: bool = False) -> DataFrame:
    """What a function makes of the batches of a data frame: ``mapInArrow``, or a call in this process where rows are few.

    ``parallel``: the rows are few, but what they stand for is worth many tasks.
    """
    spark = rows.sparkSession
    if parallel or not has_few_rows(spark):
        return rows.mapInArrow(work, ddl(schema))
    made = work(iter(rows.toArrow().to_batches()))
    return frame_of(spark, pa.Table.from_batches(made, schema=schema))


def checkpointed(rows: DataFrame) -> DataFrame:
    """The same rows, computed now and once, so that later plans begin here."""
    spark = rows.sparkSession
    return frame_of(spark, rows.toArrow()) if has_few_rows(spark) else rows.localCheckpoint()


def cached(rows: DataFrame) -> DataFrame:
    """The same rows, computed once: when they are first needed, or now where they are few."""
    return checkpointed(rows) if has_few_rows(rows.sparkSession) else rows.persist()
