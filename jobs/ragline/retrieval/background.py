"""Do something again and again in a thread, for as long as an object lives and the process runs."""

import threading
import weakref
from collections.abc import Callable
from typing import Any

_SECONDS_TO_END = 1.0


class Background:
    """Calls a method of ``owner`` every few seconds, or at once when woken. The thread ends when the owner is gone, the process
    ends, or ``stop`` is called; it does not keep the owner alive."""

    def __init__(self, owner: Any, method: Callable[[Any], object], seconds: float) -> None:
        self._owner, self._method, self._seconds = weakref.ref(owner), method, seconds
        self._thread: threading.Thread | None = None
        self._wake, self._stopped = threading.Event(), threading.Event()
        self._starting = threading.Lock()
        self._end = weakref.finalize(owner, _end, self._wake, self._stopped, self._current)

    def wake(self) -> None:
        """Call the method soon, in a thread that is started if there is none (a process that was forked has none)."""
        with self._starting:
            if not self._stopped.is_set() and (self._thread is None or not self._thread.is_alive()):
                work = (self._owner, self._method, self._seconds, self._wake, self._stopped)
                self._thread = threading.Thread(target=_work, args=work, name="ragline-background", daemon=True)
                self._thread.start()
        self._wake.set()

    def stop(self) -> None:
        """End the thread; it is not started again."""
        self._end()

    def _current(self) -> threading.Thread | None:
        return self._thread


def _work(
    owner: "weakref.ref[Any]",
    method: Callable[[Any], object],
    seconds: float,
    wake: threading.Event,
    stopped: threading.Event,
) -> None:
    while not stopped.is_set():
        wake.wait(seconds)
        wake.clear()
        alive = owner()
        if alive is None or stopped.is_set():
            return
        method(alive)
        del alive


def _end(wake: threading.Event, stopped: threading.Event, current: Callable[[], threading.Thread | None]) -> None:
    stopped.set()
    wake.set()
    thread = current()
    # A thread that is inside a library when the interpreter ends may take the process down with it.
    if thread is not None and thread is not threading.current_thread():
        thread.join(_SECONDS_TO_END)
