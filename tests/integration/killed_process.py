"""A command line in a process of its own, which may be killed, and what it did until then.

The processes are forked from one that has imported what the jobs need: some ten seconds, once instead of at every kill.
"""

import multiprocessing
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from tests.integration.moments import At, count_actions


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (minus the signal, if it was killed), after how many seconds and actions."""

    code: int
    seconds: float
    actions: int


class KilledProcess:
    """``ragline`` with some arguments, running."""

    def __init__(self, arguments: list[str], at: At | None = None) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.integration.warm_jobs"])
        self._told, telling = context.Pipe(duplex=False)
        self._process: BaseProcess = context.Process(target=_run, args=(arguments, at, telling))
        self._process.start()
        telling.close()
        self._started = time.monotonic()

    def kill_after(self, seconds: float) -> None:
        """Kill it after so many seconds, if it still runs then."""
        self._process.join(seconds)
        self._process.kill()

    def wait(self, seconds: float) -> Ended:
        """Wait for its end.

        Raises:
            TimeoutError: it still runs after so many seconds; it is killed.
        """
        self._process.join(seconds)
        took = time.monotonic() - self._started
        if (code := self._process.exitcode) is None:
            self._process.kill()
            self._process.join()
            raise TimeoutError(f"still running after {took:.0f} s")
        return Ended(code, took, self._actions())

    def _actions(self) -> int:
        with self._told:
            try:
                return int(self._told.recv())
            except EOFError:  # it was killed before it could tell
                return 0


def _run(arguments: list[str], at: At | None, telling: Connection) -> None:
    from ragline.cli import main

    counted = count_actions(at)
    sys.argv = ["ragline", *arguments]
    try:
        main()
    finally:
        telling.send(counted())
        telling.close()
