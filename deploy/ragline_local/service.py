"""A program that runs beside us, logs to a file, and never outlives us."""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ragline.errors import RaglineError
from ragline.runtime.guard import guarded
from ragline_local.logs import last_lines

GRACE_SECONDS = 5.0


class ServiceError(RaglineError):
    """A program of the local stack did not start, or ended by itself."""


class Service:
    """One program under a guard: its whole process tree ends with ``stop()``, or when this process ends, however it does."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, grace: float = GRACE_SECONDS
    ) -> None:
        self.name = name
        self._grace = grace
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                guarded(command, grace),
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The guard's process id; the program is below it."""
        return self._process.pid

    def check(self) -> None:
        """Raise if the program has ended.

        Raises:
            ServiceError: it has; with the last lines of its log.
        """
        code = self._process.poll()
        if code is not None:
            raise ServiceError(f"{self.name} ended with exit code {code}. {self.log} ends with:\n{last_lines(self.log, 15)}")

    def begin_stop(self) -> None:
        """Ask the program to end; return at once."""
        if self._process.poll() is None:
            self._process.terminate()

    def finish_stop(self) -> None:
        """Wait until nothing of the program is left."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self._grace + 10)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def run_once(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Run a program to its end.

    Raises:
        ServiceError: its exit code is not 0.
    """
    service = Service(name, command, environment, log)
    try:
        code = service._process.wait()
    finally:
        service.begin_stop()
        service.finish_stop()
    if code:
        raise ServiceError(f"{name} failed with exit code {code}. {log} ends with:\n{last_lines(log, 15)}")
