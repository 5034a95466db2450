"""How much there is to do, and what that means for Spark."""

from typing import TYPE_CHECKING

from ragline.contracts.tables import Table
from ragline.lake.lake import Lake
from ragline.lake.stored_rows import Range
from ragline.spark.small_frames import FEW_ROWS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TINY, _FEW_CHANGES, _NOT_LARGE = 50_000, 20_000, 1_000_000
_SEND_FEW = "ragline.preprocess.send_few"
_DOCUMENTS_PER_TASK, _TASKS_PER_CORE = 64, 8


def stored_count(lake: Lake, table: Table, version: int | None, rows: Range) -> int:
    """At most how many rows a range of a table has, from the statistics of its files."""
    return sum(file.rows for file in lake.files(table, version) if rows.touches(file))


def tune(spark: "SparkSession", changes: int, rows: int) -> None:
    """Set the session up for so many changed documents among so many rows without texts.

    Where few changed, planning queries stage by stage costs more than it saves; where the rows are few as well, compiling
    the queries costs ten times what running them does, and rows pass through the driver (``small_frames``).
    """
    few_changed, tiny = changes <= _FEW_CHANGES and rows <= _NOT_LARGE, rows <= TINY
    compiled = not (few_changed and tiny)
    cores = spark.sparkContext.defaultParallelism
    spark.conf.set(FEW_ROWS, str(few_changed and tiny).lower())
    spark.conf.set(_SEND_FEW, str(few_changed and not tiny).lower())
    spark.conf.set("spark.sql.adaptive.enabled", str(not few_changed).lower())
    spark.conf.set("spark.sql.codegen.wholeStage", str(compiled).lower())
    spark.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if compiled else "NO_CODEGEN")
    spark.conf.set("spark.sql.shuffle.partitions", str(cores if few_changed else max(16, 4 * cores)))


def broadcast_if_small(rows: "DataFrame") -> "DataFrame":
    """The same rows, to be sent to every task that joins with them if few things changed among many that did not, so that
    those are not moved. Where all is little that would cost more, and where much changed Spark decides by the sizes."""
    return rows.hint("broadcast") if rows.sparkSession.conf.get(_SEND_FEW, "false") == "true" else rows


def task_count(spark: "SparkSession", documents: int) -> int:
    """Into how many tasks to split the reading of so many documents."""
    cores = int(spark.sparkContext.defaultParallelism)
    return max(1, min(_TASKS_PER_CORE * cores, documents // _DOCUMENTS_PER_TASK))
