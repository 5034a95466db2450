"""Say how many items are done, how fast, and how long the others will take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Count items done of ``total`` (None: unknown); ``str`` gives the count, the rate and the time left.

    The rate counts from the first items done: before them Spark or a model starts, which takes time only once.
    """

    total: int | None
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    _start: float = field(init=False)
    _first: tuple[float, int] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()

    def add(self, items: int) -> None:
        """Add items that are done."""
        self.done += items
        if self._first is None and items:
            self._first = (self.clock(), self.done)

    def __str__(self) -> str:
        counted = f"{self.done:,}" if self.total is None else f"{self.done:,} of {self.total:,}"
        rate = self._rate()
        if not rate:
            return counted
        left = "" if self.total is None or self.done >= self.total else f", {_duration((self.total - self.done) / rate)} left"
        return f"{counted} ({rate:,.1f}/s{left})"

    def _rate(self) -> float:
        """Items per second since the first were done; of all the time when all are done."""
        is_over = self.total is not None and self.done >= self.total
        since, before = (self._start, 0) if is_over or self._first is None else self._first
        elapsed = self.clock() - since
        return (self.done - before) / elapsed if elapsed > 0 else 0.0


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
