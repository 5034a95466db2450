"""The running process of a parser, its pipes and what it prints."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

import ragline
from ragline.config.ingest import OcrSettings, ParseLimits
from ragline.errors import RaglineError
from ragline.ingest.extract.sandbox.frames import FrameError, receive, send
from ragline.ingest.extract.sandbox.protocol import READY, settings_frame
from ragline.runtime.child_environment import child_environment

_START_SECONDS = 120
_LOG_TAIL = 4096


def exit_name(code: int) -> str:
    """An exit code for a message: ``SIGKILL`` rather than -9."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _environment(scratch: str) -> dict[str, str]:
    """No secret of this process; a folder of its own to write to; one thread, as privileges are given up by each for itself."""
    root = str(Path(ragline.__file__).resolve().parent.parent)
    paths = os.pathsep.join(path for path in (root, os.environ.get("PYTHONPATH", "")) if path)
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return child_environment(PYTHONPATH=paths, TMPDIR=scratch, HOME=scratch, RUST_BACKTRACE="0", **threads)


class Launched:
    """One running process, its pipes, and the file that takes what its libraries print."""

    def __init__(self, limits: ParseLimits, ocr: OcrSettings) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile(prefix="ragline-parser-")  # noqa: SIM115  # closed by _reap
        os.set_blocking(self._log.fileno(), True)
        self._scratch = tempfile.mkdtemp(prefix="ragline-parser-")
        # -P: the working directory is not searched for modules.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ragline.ingest.extract.sandbox.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_environment(self._scratch),
            start_new_session=True,
            bufsize=0,
        )
        if self.process.stdin is None or self.process.stdout is None:
            raise RaglineError("The parser's process has no pipes.")
        self.requests, self.replies = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.requests, False)
        os.set_blocking(self.replies, False)
        self._begin(limits, ocr)

    def _begin(self, limits: ParseLimits, ocr: OcrSettings) -> None:
        deadline = time.monotonic() + _START_SECONDS
        try:
            send(self.requests, settings_frame(limits, ocr), deadline)
            if receive(self.replies, 100, deadline) == READY:
                return
            raise FrameError("It greets otherwise than expected.")
        except (FrameError, TimeoutError) as error:
            self._signal()
            code, log = self.collect()
            raise RaglineError(
                f"The parser's process did not start ({exit_name(code)}) under ingest.limits.memory_mb={limits.memory_mb}: "
                f"{log[-500:]}"
            ) from error

    def ended(self) -> bool:
        """Whether the process has ended; ``collect`` still has to be called."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self) -> None:
        """End the process group and collect the process."""
        self._signal()
        self.collect()

    def collect(self) -> tuple[int, str]:
        """Wait for the end of the process: its exit code (negative for a signal), and the end of what it printed."""
        self._close_pipes()
        code = self.process.wait()
        self._signal()  # programs that it started may live on in its process group
        size = os.fstat(self._log.fileno()).st_size
        log = os.pread(self._log.fileno(), _LOG_TAIL, max(0, size - _LOG_TAIL)).decode(errors="replace").replace("\x00", "")
        self._log.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        return code, log

    def _signal(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
