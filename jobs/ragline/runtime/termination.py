"""A job that is told to end leaves its manifest first."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Terminated(BaseException):
    """The process was told to end (SIGTERM): somebody stopped the task, or its time was up. Not an ``Exception``, so that nothing
    that goes on after an error goes on after this."""


@contextmanager
def raised_on_termination() -> Iterator[None]:
    """Raise ``Terminated`` where the process is told to end. Outside the main thread, which signals reach, it does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # told twice, it ends at once
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
