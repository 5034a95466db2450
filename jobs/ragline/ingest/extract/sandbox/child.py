"""The parser's own process: reads requests on its standard input, answers on its standard output, within hard limits.

It is started by ``ParserProcess`` as the leader of a process group of its own.
"""

import ctypes
import itertools
import logging
import os
import resource
import select
import signal
import sys
import threading
import time
from functools import partial

import msgspec

from ragline.config.ingest import OcrSettings, ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest, Position, Watcher
from ragline.ingest.extract.sandbox.confinement import confine
from ragline.ingest.extract.sandbox.frames import FrameError, receive, send
from ragline.ingest.extract.sandbox.protocol import (
    EXIT_MEMORY,
    EXIT_RETIRED,
    EXIT_TOO_LARGE,
    READY,
    largest_reply,
    parts_frame,
    position_frame,
)

_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 5
# Address space is reserved in large steps and mostly never touched; data is what counts.
_SPARE_ADDRESSES = 8 * 2**30
_LARGEST_LOG = 10 * 2**20
_IDLE_SECONDS = 7 * 86400
_LONGEST_REQUEST = 8 * 2**30
_WEIGHED_EVERY = 16  # requests
_RETIRE_ABOVE = 0.5  # of the memory limit: what libraries leak must not be charged to the next document


def main() -> None:
    """Serve until the parent goes away."""
    requests, replies = _claim_pipes()
    confine(os.environ["TMPDIR"])
    _end_with_parent(requests)
    logging.disable(logging.CRITICAL)
    settings = msgspec.msgpack.decode(_next(requests))
    limits, ocr = ParseLimits(**settings["limits"]), OcrSettings(**settings["ocr"])
    _limit(limits)
    _send(replies, READY)
    decoder = msgspec.msgpack.Decoder(ParseRequest)
    for number in itertools.count():
        request = decoder.decode(_next(requests))
        os.ftruncate(2, 0)  # the log shows what was printed about this document only
        _start_clock(limits.seconds)
        reply = _answer(request, limits, ocr, partial(_report_position, replies, limits.seconds))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(replies, reply)
        if number % _WEIGHED_EVERY == 0 and _data_bytes() > _RETIRE_ABOVE * limits.memory_mb * 2**20:
            os._exit(EXIT_RETIRED)


def _start_clock(seconds: float) -> None:
    """Start the clock for a document. The parent watches the time as well, but it may be stopped or swapped out."""
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)


def _report_position(replies: int, seconds: float, position: Position) -> None:
    """Report the member that is read from now on, and give it a time of its own."""
    _start_clock(seconds)
    _send(replies, position_frame(position))


def _answer(request: ParseRequest, limits: ParseLimits, ocr: OcrSettings, watcher: Watcher) -> bytes:
    try:
        reply = parts_frame(extract(request, limits, ocr, watcher))
    except MemoryError:
        os._exit(EXIT_MEMORY)
    if len(reply) > largest_reply(limits):
        os._exit(EXIT_TOO_LARGE)
    return reply


def _claim_pipes() -> tuple[int, int]:
    """Keep standard input and output for the protocol, and give libraries that read or print others in their place."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.set_blocking(requests, False)
    os.set_blocking(replies, False)
    return requests, replies


def _next(requests: int) -> bytes:
    try:
        return receive(requests, _LONGEST_REQUEST, time.monotonic() + _IDLE_SECONDS)
    except (FrameError, TimeoutError):
        os._exit(EXIT_RETIRED)


def _send(replies: int, payload: bytes) -> None:
    try:
        send(replies, payload, time.monotonic() + 3600)
    except (FrameError, TimeoutError):
        os._exit(EXIT_RETIRED)


def _end_with_parent(requests: int) -> None:
    """Die when the parent does, however it dies: by a signal where the kernel sends one, and by the pipe that it leaves."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        poll = select.poll()
        poll.register(requests, 0)  # only errors and hang-ups are reported
        poll.poll()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _limit(limits: ParseLimits) -> None:
    memory = limits.memory_mb * 2**20
    _lower(resource.RLIMIT_DATA, memory)
    _lower(resource.RLIMIT_AS, memory + _SPARE_ADDRESSES)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, _LARGEST_LOG)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _lower(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (bound, bound))


def _data_bytes() -> int:
    """Bytes of private memory of this process; 0 on a system without ``/proc``."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[5]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


if __name__ == "__main__":
    main()
