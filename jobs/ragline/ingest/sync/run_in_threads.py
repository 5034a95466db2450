"""Run extract tasks without Spark: in threads of this process, each with a parser process of its own."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from copy import deepcopy
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from ragline.ingest.sync.extract_task import ExtractTask
from ragline.runtime.progress import Advance


def run_in_threads(task: ExtractTask, shares: Sequence[pa.Table], cores: int, advance: Advance) -> list[pa.RecordBatch]:
    """``RESULTS`` of all shares, ``cores`` of them at a time. When one fails, those that are left are not begun."""
    left, lock = deque(shares), threading.Lock()

    def advance_alone(done: int = 1) -> None:
        with lock:
            advance(done)

    def work_through_shares() -> list[pa.RecordBatch]:
        with _slots(cores):  # the sources that are staged side by side share the cores
            return list(run_in_this_thread(deepcopy(task), _popped(left), advance_alone))

    with ThreadPoolExecutor(min(cores, len(left)), "extract") as pool:
        running = [pool.submit(work_through_shares) for _ in range(min(cores, len(left)))]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            left.clear()
        return [batch for future in running for batch in future.result()]


def run_in_this_thread(task: ExtractTask, shares: Iterator[pa.Table], advance: Advance) -> Iterator[pa.RecordBatch]:
    """``RESULTS`` of the shares, one after the other in this thread."""
    for batch in task.here(shares):
        yield batch
        advance(pc.count(batch["doc_id"]).as_py())


@cache
def _slots(cores: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(cores)


def _popped(left: deque[pa.Table]) -> Iterator[pa.Table]:
    while True:
        try:
            share = left.popleft()
        except IndexError:
            return
        yield share
