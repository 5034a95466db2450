"""Progress of long work: a bar on a terminal, a line in the log now and then elsewhere."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from ragline.runtime.pace import Pace

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
        pace = Pace(total)
        task = bars.add_task(what, total=total, pace=pace)

    def advance(done: int = 1) -> None:
        pace.add(done)
        bars.advance(task, done)

    try:
        yield advance
    finally:
        with _bars_lock:
            _bars.remove(bars)
            bars.update(task, pace=str(pace))  # what it was at the end stays
            bars.stop_task(task)
            if not _bars:
                bars.stop()


def end_bars() -> None:
    """Take what is shown off the terminal and give it its cursor back, whatever still runs: the program is about to end."""
    if _bars:
        _bars[0].stop()


def _start_bars() -> "Progress":
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from ragline.runtime.terminal import Terminal

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), _pace_column(), TimeElapsedColumn())
    bars = Progress(*columns, console=Terminal(stderr=True))
    bars.start()
    return bars


def _pace_column() -> "ProgressColumn":
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class PaceColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(str(task.fields["pace"]))

    return PaceColumn()


def _logged(what: str, total: int | None) -> Advance:
    pace, told = Pace(total), time.monotonic()

    def advance(done: int = 1) -> None:
        nonlocal told
        pace.add(done)
        if not done:
            return
        if time.monotonic() - told >= LOG_EVERY_SECONDS or (total is not None and pace.done >= total):
            told = time.monotonic()
            log.info("%s: %s", what, pace)

    return advance
