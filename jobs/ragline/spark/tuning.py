"""How a Spark session is set up for the amount of work that a run has."""

from typing import TYPE_CHECKING

from ragline.spark.placement import Amount
from ragline.spark.small_frames import PYTHON_IN_DRIVER, RESULTS_THROUGH_DRIVER

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Rows without texts (ids, hashes, numbers): up to TINY_ROWS queries are interpreted, and up to MEDIUM_ROWS a change of at most
# FEW_CHANGES of them is planned once and broadcast. Up to DRIVER_CHANGES no Python worker is worth its start.
TINY_ROWS, MEDIUM_ROWS, FEW_CHANGES, DRIVER_CHANGES = 50_000, 1_000_000, 20_000, 1_000
_BROADCAST_SMALL_SIDES = "ragline.broadcast_small_sides"
_DOCUMENTS_PER_TASK, _TASKS_PER_CORE = 64, 8


def amounts_for_driver(changes: int, rows: int) -> list[Amount]:
    """By what the policy decides whether Python's work is done in executors or in the driver."""
    return [Amount("changed documents", changes, DRIVER_CHANGES + 1), Amount("rows of state", rows, MEDIUM_ROWS + 1)]


def tune(spark: "SparkSession", changes: int, rows: int, *, in_driver: bool) -> None:
    """Set the session up for so many changed documents among so many rows without texts.

    Where few changed, planning queries stage by stage costs more than it saves; where the rows are few as well, compiling
    the queries costs ten times what running them does. ``in_driver``: Python's work is done there (``small_frames``).
    """
    few_changed, tiny = changes <= FEW_CHANGES and rows <= MEDIUM_ROWS, rows <= TINY_ROWS
    compiled = not (few_changed and tiny)
    cores = spark.sparkContext.defaultParallelism
    spark.conf.set(PYTHON_IN_DRIVER, str(in_driver).lower())
    spark.conf.set(RESULTS_THROUGH_DRIVER, str(in_driver and tiny).lower())
    spark.conf.set(_BROADCAST_SMALL_SIDES, str(few_changed and not tiny).lower())
    spark.conf.set("spark.sql.adaptive.enabled", str(not few_changed).lower())
    spark.conf.set("spark.sql.codegen.wholeStage", str(compiled).lower())
    spark.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if compiled else "NO_CODEGEN")
    spark.conf.set("spark.sql.shuffle.partitions", str(cores if few_changed else max(16, 4 * cores)))


def broadcast_if_small(rows: "DataFrame") -> "DataFrame":
    """The same rows, to be sent to every task that joins with them if few things changed among many that did not, so that
    those are not moved. Where all is little that would cost more, and where much changed Spark decides by the sizes."""
    return rows.hint("broadcast") if rows.sparkSession.conf.get(_BROADCAST_SMALL_SIDES, "false") == "true" else rows


def task_count(spark: "SparkSession", documents: int) -> int:
    """Into how many tasks to split the reading of so many documents."""
    cores = int(spark.sparkContext.defaultParallelism)
    return max(1, min(_TASKS_PER_CORE * cores, documents // _DOCUMENTS_PER_TASK))
