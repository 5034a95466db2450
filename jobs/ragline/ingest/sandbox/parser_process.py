"""Parse outside this process, so that a parser that crashes, hangs or eats memory costs one document and nothing else."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

import ragline
from ragline.contracts.fingerprints import content_hash
from ragline.errors import RaglineError
from ragline.ingest.item import Refusal
from ragline.ingest.parse.clean import well_formed
from ragline.ingest.part import ParseRequest, Part
from ragline.ingest.sandbox.frames import FrameError, FrameTooLarge, receive, send
from ragline.ingest.sandbox.protocol import EXIT_MEMORY, EXIT_RETIRED, EXIT_TOO_LARGE, READY, largest_reply, settings_frame
from ragline.runtime.settings import OcrSettings, ParseLimits

_START_SECONDS = 120
_OUT_OF_MEMORY = re.compile(r"memory allocation of|bad_alloc|MemoryError|[Oo]ut of memory|Cannot allocate memory")
_LOG_TAIL = 4096


class ParserProcess:
    """A process that parses one request after the other; it is started by the first, and replaced when it dies.

    Use it from one thread at a time, with ``with`` or ``close()``. If this process is killed, the parser's ends too.
    """

    def __init__(self, limits: ParseLimits, ocr: OcrSettings | None = None) -> None:
        self._limits = limits
        self._ocr = ocr or OcrSettings()
        self._child: _Child | None = None
        self._decoder = msgspec.msgpack.Decoder(list[Part])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process and all that it started."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    @property
    def pid(self) -> int | None:
        """The process's id, if it runs."""
        return self._child.process.pid if self._child else None

    def parse(self, request: ParseRequest) -> list[Part]:
        """The parts of an item; one part with a refusal if its parser broke a limit or died.

        Raises:
            RaglineError: the process cannot even be started.
        """
        frame = msgspec.msgpack.encode(_sendable(request))
        refusal = self._try(frame)
        if refusal is None:  # it had retired before it took the request
            refusal = self._try(frame)
        if isinstance(refusal, list):
            return refusal
        refusal = refusal or Refusal("parser_crashed", "Its parser's process ended without a word.")
        return [Part("", request.media_type.partition(";")[0].strip().lower(), content_hash(request.content), refusal=refusal)]

    def _try(self, frame: bytes) -> list[Part] | Refusal | None:
        if self._child is not None and self._child.ended():  # between two documents: no fault of this one
            self.close()
        if self._child is None:
            self._child = _Child(self._limits, self._ocr)
        child = self._child
        deadline = time.monotonic() + self._limits.seconds
        try:
            send(child.requests, frame, deadline)
            return self._decoder.decode(receive(child.replies, largest_reply(self._limits), deadline))
        except TimeoutError:
            self.close()
            return Refusal("parser_timeout", f"Not parsed within {self._limits.seconds:g} s (ingest.limits.seconds).")
        except FrameTooLarge:
            self.close()
            return self._too_large()
        except FrameError:
            self._child = None
            return self._why(child)
        except msgspec.MsgspecError as error:
            self.close()
            return Refusal("parser_crashed", f"Its parser gave an answer that makes no sense: {error}.")
        except BaseException:  # an answer that is on its way must not become that of the next request
            self.close()
            raise

    def _too_large(self) -> Refusal:
        return Refusal("text_too_large", f"It gives more than {self._limits.text_mb:,} MiB of text (ingest.limits.text_mb).")

    def _why(self, child: "_Child") -> Refusal | None:
        """The reason of a process that went away by itself; None if it was no fault of the request's."""
        code, log = child.autopsy()
        if code == EXIT_RETIRED:
            return None
        memory = self._limits.memory_mb
        if code == EXIT_MEMORY or _OUT_OF_MEMORY.search(log):
            return Refusal("parser_memory", f"Its parser needed more than {memory:,} MiB (ingest.limits.memory_mb).")
        if code == EXIT_TOO_LARGE:
            return self._too_large()
        last = next(iter(log.strip().splitlines()[-1:]), "")[:200]
        return Refusal("parser_crashed", well_formed(f"Its parser ended with {_named(code)}. {last}".strip()))


def _sendable(request: ParseRequest) -> ParseRequest:
    texts = (request.name, request.media_type, request.title, *request.withheld)
    if all(text.isascii() for text in texts):
        return request
    name, media_type, title, *withheld = (well_formed(text) for text in texts)
    return ParseRequest(request.content, name, media_type, title, tuple(withheld))


def _named(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


class _Child:
    """One running process, its pipes, and the file that takes what its libraries print."""

    def __init__(self, limits: ParseLimits, ocr: OcrSettings) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile(prefix="ragline-parser-")  # noqa: SIM115  # closed by _reap
        os.set_blocking(self._log.fileno(), True)
        root = str(Path(ragline.__file__).resolve().parent.parent)
        paths = [root, os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path), "RUST_BACKTRACE": "0"}
        # -P: the working directory is not searched for modules.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ragline.ingest.sandbox.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
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
            code, log = self.autopsy()
            raise RaglineError(
                f"The parser's process did not start ({_named(code)}) under ingest.limits.memory_mb={limits.memory_mb}: "
                f"{log[-500:]}"
            ) from error

    def ended(self) -> bool:
        """Whether the process is gone; it is not collected yet."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self) -> None:
        """End the process group and collect the process."""
        self._signal()
        self.autopsy()

    def autopsy(self) -> tuple[int, str]:
        """Wait for the end: exit code (negative for a signal), and the last that it printed."""
        self._close_pipes()
        code = self.process.wait()
        self._signal()  # what it started and left behind
        size = os.fstat(self._log.fileno()).st_size
        log = os.pread(self._log.fileno(), _LOG_TAIL, max(0, size - _LOG_TAIL)).decode(errors="replace").replace("\x00", "")
        self._log.close()
        return code, log

    def _signal(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
