"""Run the extract tasks of a source: in Spark, or in this process where Spark would cost more than it saves."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.spark import SparkSettings
from ragline.ingest.sync.extract_task import ExtractTask
from ragline.ingest.sync.run_in_threads import run_in_this_thread, run_in_threads
from ragline.ingest.sync.shares import split_by_size
from ragline.ingest.sync.task_results import RESULTS
from ragline.runtime.progress import Advance, progress
from ragline.runtime.run import Run
from ragline.spark.placement import Amount, is_submitted, local_cores, place
from ragline.spark.schemas import ddl
from ragline.spark.session import spark_session
from ragline.spark.task_progress import task_progress

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# So little needs one parser only.
_FEW_ITEMS, _FEW_BYTES = 64, 16 * 2**20
# On one machine Spark's start and its workers cost ten CPU seconds and more: a fifth of the time of 2,000 mixed files, a
# tenth of that of so many (benchmarks/ingest_scale.py).
_LEAST_FOR_SPARK, _LEAST_BYTES_FOR_SPARK = 5_000, 2**30
# Sources are staged side by side, and threads that import PySpark at one moment find it half imported.
_STARTING = threading.Lock()
_TASKS_PER_CORE, _LEAST_PER_TASK = 16, 16


def run_extract_tasks(run: Run, task: ExtractTask, items: pa.Table) -> pa.Table:
    """``RESULTS`` of all ``items`` (``TO_EXTRACT``). On one machine, many of them are begun here while Spark starts."""
    what, settings, size = f"reading {task.source.name}", run.settings.spark, _bytes_to_read(task, items)
    amounts = (Amount("items", items.num_rows, _LEAST_FOR_SPARK), Amount("bytes", size, _LEAST_BYTES_FOR_SPARK))
    placement = place(run, what, amounts, cluster_always=True)
    cores = None if is_submitted() else local_cores(settings.master)
    with progress(what, items.num_rows) as advance:
        if not placement.in_spark:
            cores = cores or local_cores("local[*]") or 1
            is_few = items.num_rows <= _FEW_ITEMS and size <= _FEW_BYTES
            shares = [items] if is_few else _shares(items, cores)
            return pa.Table.from_batches(run_in_threads(task, shares, cores, advance), RESULTS)
        if cores is None:
            spark = start_spark(what, settings)
            return _run_in_spark(spark, task, _shares(items, spark.sparkContext.defaultParallelism), advance)
        with ThreadPoolExecutor(1, "spark") as starter:
            starting = starter.submit(start_spark, what, settings)
            left = deque(_shares(items, cores))
            begun = list(run_in_this_thread(task, _shares_until_started(starting, left), advance))
            rest = _run_in_spark(starting.result(), task, list(left), advance)
        return pa.concat_tables([pa.Table.from_batches(begun, RESULTS), rest])


def _bytes_to_read(task: ExtractTask, items: pa.Table) -> int:
    """The sizes that are known; nothing of an item that is too large is read."""
    return pc.sum(items["size"].filter(pc.less_equal(items["size"], task.source.options.max_bytes))).as_py() or 0


def _shares(items: pa.Table, cores: int) -> list[pa.Table]:
    return split_by_size(items, max(cores, min(cores * _TASKS_PER_CORE, items.num_rows // _LEAST_PER_TASK)))


def _shares_until_started(starting: "Future[SparkSession]", left: "deque[pa.Table]") -> Iterator[pa.Table]:
    """Shares from the front, as long as Spark is starting; the last one is Spark's, so that its failing is seen."""
    while len(left) > 1 and not starting.done():
        yield left.popleft()


def start_spark(what: str, settings: SparkSettings) -> "SparkSession":
    """A Spark session; the sources that are staged side by side share one."""
    with _STARTING:
        return spark_session(what, settings)


def _run_in_spark(spark: "SparkSession", task: ExtractTask, shares: Sequence[pa.Table], advance: Advance) -> pa.Table:
    with task_progress(spark, advance, [share.num_rows for share in shares]) as counted:
        rows = pa.concat_tables([_numbered(share, number) for number, share in enumerate(shares)])
        # A shuffle keeps no order, and sources read neighbours together.
        placed = spark.createDataFrame(rows).repartitionById(len(shares), "share").sortWithinPartitions("position")
        items = placed.drop("share", "position")
        return items.mapInArrow(counted(task), ddl(RESULTS)).toArrow().cast(RESULTS)


def _numbered(share: pa.Table, number: int) -> pa.Table:
    shares = pa.repeat(pa.scalar(number, pa.int32()), share.num_rows)
    return share.append_column("share", shares).append_column("position", pa.array(range(share.num_rows), pa.int64()))
