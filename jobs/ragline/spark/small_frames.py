"""Work on data frames, done where it is cheapest.

Where few documents changed, starting Python workers costs more than what they would do: the driver calls the functions on Arrow
batches itself, and reads what is stored itself. Where all rows are few, planning ever longer queries costs more than computing
them: an intermediate result passes through the driver and becomes rows that the next plan begins with. Functions and queries
are the same ones, and so are the rows that come out.
"""

from collections.abc import Callable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from ragline.spark.schemas import ddl

PYTHON_IN_DRIVER, RESULTS_THROUGH_DRIVER = "ragline.python_in_driver", "ragline.results_through_driver"

Batches = Iterator[pa.RecordBatch]


def runs_python_in_driver(spark: SparkSession) -> bool:
    """Whether the policy (``placement``) leaves Python's work to the driver."""
    return str(spark.conf.get(PYTHON_IN_DRIVER, "false")) == "true"


def _passes_results_through_driver(spark: SparkSession) -> bool:
    """Whether ``tuning.tune`` found that there are few rows in all."""
    return str(spark.conf.get(RESULTS_THROUGH_DRIVER, "false")) == "true"


def frame_of(spark: SparkSession, rows: pa.Table) -> DataFrame:
    """The rows as a data frame that holds them itself: no file and no Python worker stands behind it."""
    if rows.num_rows == 0:  # PySpark cannot take a list column without a single chunk
        rows = pa.Table.from_arrays([pa.array([], field.type) for field in rows.schema], schema=rows.schema)
    return spark.createDataFrame(rows)


def map_batches(rows: DataFrame, work: Callable[[Batches], Batches], schema: pa.Schema, *, parallel: bool = False) -> DataFrame:
    """What a function makes of the batches of a data frame: ``mapInArrow``, or a call here where few documents changed.

    ``parallel``: this once the work, or the rows with all that is in them, is too much for one process.
    """
    spark = rows.sparkSession
    if parallel or not runs_python_in_driver(spark):
        return rows.mapInArrow(work, ddl(schema))
    made = work(iter(rows.toArrow().to_batches()))
    return frame_of(spark, pa.Table.from_batches(made, schema=schema))


def checkpointed(rows: DataFrame) -> DataFrame:
    """The same rows, computed now and once, so that later plans begin here."""
    spark = rows.sparkSession
    return frame_of(spark, rows.toArrow()) if _passes_results_through_driver(spark) else rows.localCheckpoint()


def cached(rows: DataFrame) -> DataFrame:
    """The same rows, computed once: when they are first needed, or now where they are few."""
    return checkpointed(rows) if _passes_results_through_driver(rows.sparkSession) else rows.persist()
