"""A budget of seconds for a piece of work, so that one document cannot hold up all others.

In a main thread a timer's signal ends the work; ``re``, which holds all other threads up, looks for signals, too. Python runs no
handler anywhere else, so that work of another thread is done by a process of its own, which can be killed. Work inside a native
library that never comes back to Python is ended in such a process only; a task's time limit is above both.
"""

import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")

_AGAIN_EVERY = 1.0  # seconds: what is raised where Python cannot raise anything (in a finaliser) is lost
_START_SECONDS = 120.0  # that a process may take to start and to import what the work needs
_GRACE_SECONDS = 5.0

_of_thread = threading.local()


class OutOfTime(BaseException):
    """The budget is used up. Not an ``Exception``, so that nothing inside takes it for an error of its own."""


def run_within(seconds: float, work: Callable[[Argument], Result], argument: Argument) -> Result:
    """What ``work`` makes of the argument. Outside the main thread both have to be picklable, and so has the result.

    Raises:
        OutOfTime: it takes longer than so many seconds.
    """
    if threading.current_thread() is threading.main_thread():
        return _run_under_timer(seconds, work, argument)
    if getattr(_of_thread, "child", None) is None:
        _of_thread.child = _Child()
    made: Result = _of_thread.child.run(seconds, work, argument)
    return made


def _run_under_timer(seconds: float, work: Callable[[Argument], Result], argument: Argument) -> Result:
    def end(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_EVERY)
    try:
        return work(argument)
    finally:
        _stop_timer(before)


def _stop_timer(before: Any) -> None:
    """Stop it, also if it rings meanwhile."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            return
        except OutOfTime:
            continue


class _Child:
    """A process that does one piece of work after the other, and is replaced when it is killed."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None

    def run(self, seconds: float, work: Callable[[Any], Any], argument: Any) -> Any:
        pipe = self._started()
        pipe.send((seconds, work, argument))
        try:
            # It imports what the work needs when it takes it in, which is no part of the work.
            if not pipe.poll(_START_SECONDS) or not pipe.recv() or not pipe.poll(seconds + _GRACE_SECONDS):
                raise OutOfTime
            made, error = pipe.recv()
        except (OutOfTime, EOFError):  # it does not listen to its timer, or died of it
            self._kill()
            raise OutOfTime from None
        if error is not None:
            raise error
        return made

    def _started(self) -> Connection:
        if self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
            if not self._pipe.poll(_START_SECONDS) or self._pipe.recv() != "ready":
                self._kill()
                raise TimeoutError(f"A process for work on documents did not start in {_START_SECONDS:.0f} seconds.")
        return self._pipe

    def _kill(self) -> None:
        self._process.kill()
        self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._pipe = None


def _serve(pipe: Connection) -> None:
    """Runs in the process, whose main thread hears the timer. It ends when the other side is gone."""
    pipe.send("ready")
    while True:
        try:
            seconds, work, argument = pipe.recv()
        except EOFError:
            return
        pipe.send(True)
        made, failure = None, None
        try:
            made = _run_under_timer(seconds, work, argument)
        except (OutOfTime, Exception) as error:
            failure = error
        pipe.send((made, failure))
