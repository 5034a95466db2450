"""Run the extract tasks of a source: in Spark, or in this process where Spark would cost more than it saves."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.spark import SparkSettings
from ragline.ingest.source import Listing
from ragline.ingest.sync.decide import spread
from ragline.ingest.sync.extract_task import ExtractTask
from ragline.ingest.sync.listed import LISTED, LISTED_DDL, ConfiguredSource
from ragline.ingest.sync.run_in_threads import local_cores, run_in_this_thread, run_in_threads
from ragline.ingest.sync.task_results import OUTCOMES, OUTCOMES_DDL
from ragline.runtime.progress import Advance, progress
from ragline.spark.session import is_submitted, spark_session
from ragline.spark.task_progress import task_progress

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# So little needs one parser only.
_FEW_ITEMS, _FEW_BYTES = 64, 16 * 2**20
# On one machine Spark's start and its workers cost ten CPU seconds and more: a fifth of the time of 2,000 mixed files, a
# tenth of that of so many.
_LEAST_FOR_SPARK, _LEAST_BYTES_FOR_SPARK = 5_000, 2**30
# Sources are staged side by side, and threads that import PySpark at one moment find it half imported.
_STARTING = threading.Lock()
_TASKS_PER_CORE, _LEAST_PER_TASK = 16, 16


def run_extract_tasks(what: str, work: ExtractTask, take: pa.Table, settings: SparkSettings) -> pa.Table:
    """``OUTCOMES`` of all items of ``take``. On one machine, many of them are begun here while Spark starts."""
    if take.num_rows == 0:
        return OUTCOMES.empty_table()
    cores = None if is_submitted() else local_cores(settings.master)
    with progress(what, take.num_rows) as advance:
        if cores is None:
            spark = _start(what, settings)
            return _on_spark(spark, work, _shares(take, spark.sparkContext.defaultParallelism), advance)
        size = _bytes_to_read(work, take)
        if take.num_rows < _LEAST_FOR_SPARK and size < _LEAST_BYTES_FOR_SPARK:
            is_few = take.num_rows <= _FEW_ITEMS and size <= _FEW_BYTES
            shares = [take] if is_few else _shares(take, cores)
            return pa.Table.from_batches(run_in_threads(work, shares, cores, advance), OUTCOMES)
        with ThreadPoolExecutor(1, "spark") as starter:
            starting = starter.submit(_start, what, settings)
            left = deque(_shares(take, cores))
            begun = list(run_in_this_thread(work, _shares_until_started(starting, left), advance))
            rest = _on_spark(starting.result(), work, list(left), advance)
        return pa.concat_tables([pa.Table.from_batches(begun, OUTCOMES), rest])


def _bytes_to_read(work: ExtractTask, take: pa.Table) -> int:
    """What is known of it: nothing of an item that is too large is read."""
    limit = max(configured.source.options.max_bytes for configured in work.sources.values())
    return pc.sum(take["size"].filter(pc.less_equal(take["size"], limit))).as_py() or 0


def _shares(take: pa.Table, cores: int) -> list[pa.Table]:
    return spread(take, max(cores, min(cores * _TASKS_PER_CORE, take.num_rows // _LEAST_PER_TASK)))


def _shares_until_started(starting: "Future[SparkSession]", left: "deque[pa.Table]") -> Iterator[pa.Table]:
    """Shares from the front, as long as Spark is starting; the last one is Spark's, so that its failing is seen."""
    while len(left) > 1 and not starting.done():
        yield left.popleft()


def _start(what: str, settings: SparkSettings) -> "SparkSession":
    with _STARTING:
        return spark_session(what, settings)


def list_in_spark(
    configured: ConfiguredSource, listing: Listing, sample: int | None, settings: SparkSettings
) -> tuple[pa.Table, Mapping[str, str]]:
    """List a source whose listing reads contents in an executor: they do not pass through the driver. With what it found out
    about the source as a whole, which the driver's own instance of the source does not know."""
    with _STARTING:
        spark = spark_session(f"list {configured.name}", settings)

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield from configured.batches(listing, sample)
        yield pa.RecordBatch.from_pylist([{"item": json.dumps(dict(configured.source.facts()))}], schema=LISTED)

    rows = spark.range(1).coalesce(1).mapInArrow(work, LISTED_DDL).toArrow().cast(LISTED)
    is_item = pc.is_valid(rows["doc_id"])
    (facts,) = rows.filter(pc.invert(is_item))["item"].to_pylist()
    return rows.filter(is_item), json.loads(facts)


def _on_spark(spark: "SparkSession", work: ExtractTask, shares: list[pa.Table], advance: Advance) -> pa.Table:
    with task_progress(spark, advance, [share.num_rows for share in shares]) as counted:
        rows = pa.table({"task": pa.array(range(len(shares)), pa.int32()), "items": [_ipc(share) for share in shares]})
        placed = spark.createDataFrame(rows).repartitionById(len(shares), "task").select("items")
        return placed.mapInArrow(counted(work), OUTCOMES_DDL).toArrow().cast(OUTCOMES)


def _ipc(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(sink.getvalue())
