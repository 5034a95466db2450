"""How far a Spark job has come, in the items that its tasks hold."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ragline.runtime.progress import progress

if TYPE_CHECKING:
    from pyspark.accumulators import Accumulator
    from pyspark.sql import SparkSession

_LOOK_EVERY_SECONDS = 0.5

Batch = TypeVar("Batch")
Work = Callable[[Iterator[Batch]], Iterator[Batch]]


@contextmanager
def task_progress(spark: "SparkSession", what: str, shares: Sequence[int]) -> Iterator[Callable[[Work[Any]], Work[Any]]]:
    """Show how many items of all the ``shares`` are done, while a job runs whose partition ``n`` holds ``shares[n]`` of them.

    What is yielded wraps the function that goes to ``mapInArrow``: a task that ends counts its share. A task that Spark runs
    twice counts once for what is shown: never more than all of them.
    """
    with counted_progress(spark, what, sum(shares)) as finished:
        yield lambda work: _Counted(work, tuple(shares), finished)


@contextmanager
def counted_progress(spark: "SparkSession", what: str, total: int | None) -> Iterator["Accumulator[int]"]:
    """Show how many items are done, of ``total`` if that is known: those that tasks add to the accumulator as they end."""
    finished = spark.sparkContext.accumulator(0)
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(finished, what, total, over), daemon=True)
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


def _watch(finished: "Accumulator[int]", what: str, total: int | None, over: threading.Event) -> None:
    told, is_over = 0, False
    with progress(what, total) as advance:
        while not is_over:
            is_over = over.wait(_LOOK_EVERY_SECONDS)
            if (done := finished.value if total is None else min(finished.value, total)) > told:
                advance(done - told)
                told = done
