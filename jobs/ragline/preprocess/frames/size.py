"""How much there is to do, and what that means for Spark."""

from typing import TYPE_CHECKING

from ragline.contracts.tables import Table
from ragline.runtime.frames.stored_rows import Range
from ragline.runtime.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SMALL, _NOT_LARGE = 20_000, 500_000
_DOCUMENTS_PER_TASK, _TASKS_PER_CORE = 64, 8


def stored_count(lake: Lake, table: Table, version: int | None, rows: Range) -> int:
    """At most how many rows a range of a table has, from the statistics of its files."""
    return sum(file.rows for file in lake.files(table, version) if rows.touches(file))


def tune(spark: "SparkSession", changes: int, rows: int) -> None:
    """Set the session up for so many changed documents among so many rows without texts.

    For a few, compiling queries and planning them stage by stage costs ten times what running them does.
    """
    small = changes <= _SMALL and rows <= _NOT_LARGE
    cores = spark.sparkContext.defaultParallelism
    spark.conf.set("spark.sql.adaptive.enabled", str(not small).lower())
    spark.conf.set("spark.sql.codegen.wholeStage", str(not small).lower())
    spark.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN" if small else "FALLBACK")
    spark.conf.set("spark.sql.shuffle.partitions", str(cores if small else max(16, 4 * cores)))


def task_count(spark: "SparkSession", documents: int) -> int:
    """Into how many tasks to split the reading of so many documents."""
    cores = int(spark.sparkContext.defaultParallelism)
    return max(1, min(_TASKS_PER_CORE * cores, documents // _DOCUMENTS_PER_TASK))
