"""How far a Spark job has come, by its finished tasks."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragline.runtime.progress import progress

if TYPE_CHECKING:
    from pyspark import StatusTracker
    from pyspark.sql import SparkSession

_LOOK_EVERY_SECONDS = 1.0


@contextmanager
def task_progress(spark: "SparkSession", what: str, total: int) -> Iterator[None]:
    """Show the progress of the Spark jobs started inside; they have ``total`` tasks in all."""
    context = spark.sparkContext
    group = f"{what} {uuid.uuid4().hex[:8]}"
    context.setJobGroup(group, what)
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(context.statusTracker(), group, what, total, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(tracker: "StatusTracker", group: str, what: str, total: int, over: threading.Event) -> None:
    told = 0
    with progress(f"{what} (tasks)", total) as advance:
        while not over.wait(_LOOK_EVERY_SECONDS):
            if (done := _finished_tasks(tracker, group)) > told:
                advance(done - told)
                told = done


def _finished_tasks(tracker: "StatusTracker", group: str) -> int:
    jobs = [info for job in tracker.getJobIdsForGroup(group) if (info := tracker.getJobInfo(job))]
    stages = [info for job in jobs for stage in job.stageIds if (info := tracker.getStageInfo(stage))]
    return sum(stage.numCompletedTasks for stage in stages)
