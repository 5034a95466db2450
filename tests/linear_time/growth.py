"""Measure how the cost of a call grows with its input."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class TooSlow(Exception):
    """A call did not end in time."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End what runs inside by ``TooSlow`` after so many seconds. In the main thread only, where ``re`` looks for signals, too."""

    def end(*_: object) -> None:
        raise TooSlow(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def cost(call: Callable[[Any], object], argument: Any, best_of: int = 1, limit: float = 5.0) -> float:
    """Seconds of this thread's CPU for a call, the best of some; infinite if it does not end in time."""
    found = []
    for _ in range(best_of):
        try:
            with time_limit(limit):
                start = time.thread_time()
                call(argument)
                found.append(time.thread_time() - start)
        except TooSlow:
            return float("inf")
    return min(found)
