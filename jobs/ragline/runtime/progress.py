"""Progress of long work: a bar on a terminal, a line in the log now and then elsewhere."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

log = logging.getLogger(__name__)

LOG_EVERY_SECONDS = 10.0


class Advance(Protocol):
    """Call it with the number of items that were finished since the last call."""

    def __call__(self, done: int = 1) -> None:
        """Count ``done`` more items as finished."""
        ...


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Advance]:
    """Show how far ``what`` has come: items done of ``total`` (None: nobody knows how many), rate, time left."""
    if sys.stderr.isatty():
        with _bar(what, total) as advance:
            yield advance
    else:
        yield _logged(what, total)


_bars: list["Progress"] = []
_bars_lock = threading.Lock()


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Advance]:
    """One bar among those of other threads: a terminal can only show one display."""
    with _bars_lock:
        bars = _bars[0] if _bars else _start_bars()
        _bars.append(bars)
        task = bars.add_task(what, total=total)

    def advance(done: int = 1) -> None:
        bars.advance(task, done)

    try:
        yield advance
    finally:
        with _bars_lock:
            _bars.remove(bars)
            bars.stop_task(task)
            if not _bars:
                bars.stop()


def end_bars() -> None:
    """Take what is shown off the terminal and give it its cursor back, whatever still runs: the program is about to end."""
    if _bars:
        _bars[0].stop()


def _start_bars() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    counts = (MofNCompleteColumn(), _rate_column(), TimeElapsedColumn(), TextColumn("[dim]left"), TimeRemainingColumn())
    bars = Progress(TextColumn("{task.description}", markup=False), BarColumn(), *counts, console=Console(stderr=True))
    bars.start()
    return bars


def _rate_column() -> "ProgressColumn":
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Rate(ProgressColumn):
        """Items a second since the start: that of the last moments jumps where many end at once."""

        def render(self, task: Task) -> Text:
            elapsed = task.finished_time if task.finished else task.elapsed
            return Text(f"{task.completed / elapsed:,.1f}/s" if elapsed and task.completed else "", style="cyan")

    return Rate()


def _logged(what: str, total: int | None) -> Advance:
    start = time.monotonic()
    state = {"done": 0, "told": start}

    def advance(done: int = 1) -> None:
        state["done"] += done
        now = time.monotonic()
        if now - state["told"] >= LOG_EVERY_SECONDS or (total is not None and state["done"] >= total):
            state["told"] = now
            rate = state["done"] / max(now - start, 1e-9)
            if total is None:
                log.info("%s: %d (%.1f/s)", what, state["done"], rate)
                return
            left = (total - state["done"]) / max(rate, 1e-9)
            log.info("%s: %d of %d (%.1f/s, %.0f s left)", what, state["done"], total, rate, left)

    return advance
