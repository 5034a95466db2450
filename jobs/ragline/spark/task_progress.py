"""How far a Spark job has come, in the items that its tasks hold."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ragline.runtime.progress import Advance, progress

if TYPE_CHECKING:
    from pyspark.accumulators import Accumulator
    from pyspark.sql import SparkSession

_LOOK_EVERY_SECONDS = 0.5

Batch = TypeVar("Batch")
Work = Callable[[Iterator[Batch]], Iterator[Batch]]


@contextmanager
def task_progress(spark: "SparkSession", advance: Advance, shares: Sequence[int]) -> Iterator[Callable[[Work[Any]], Work[Any]]]:
    """Advance by the ``shares`` that are done, while a job runs whose partition ``n`` holds ``shares[n]`` items.

    What is yielded wraps the function that goes to ``mapInArrow``: a task that ends counts its share. A task that Spark runs
    twice counts once for what is shown: never more than all of them.
    """
    with _following(spark, advance, sum(shares)) as finished:
        yield lambda work: _Counted(work, tuple(shares), finished)


@contextmanager
def counted_progress(spark: "SparkSession", what: str, total: int | None) -> Iterator["Accumulator[int]"]:
    """Show how many items are done, of ``total`` if that is known: those that tasks add to the accumulator as they end."""
    with progress(what, total) as advance, _following(spark, advance, total) as finished:
        yield finished


@contextmanager
def _following(spark: "SparkSession", advance: Advance, total: int | None) -> Iterator["Accumulator[int]"]:
    finished = spark.sparkContext.accumulator(0)
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(finished, advance, total, over), daemon=True)
    watcher.start()
    try:
        yield finished
    finally:
        over.set()
        watcher.join()


@dataclass(frozen=True)
class _Counted:
    """A function for ``mapInArrow`` that says when its task is done. Goes to executors."""

    work: Work[Any]
    shares: tuple[int, ...]
    finished: "Accumulator[int]"

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        from pyspark import TaskContext

        yield from self.work(batches)
        if (context := TaskContext.get()) is not None:
            self.finished.add(self.shares[context.partitionId()])


def _watch(finished: "Accumulator[int]", advance: Advance, total: int | None, over: threading.Event) -> None:
    told, is_over = 0, False
    while not is_over:
        is_over = over.wait(_LOOK_EVERY_SECONDS)
        if (done := finished.value if total is None else min(finished.value, total)) > told:
            advance(done - told)
            told = done
