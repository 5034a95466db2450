"""Messages over a pipe: eight bytes of length, then as many bytes."""

import os
import select
import struct
import time

_HEAD = struct.Struct("<Q")
_BLOCK = 1 << 20


class FrameError(Exception):
    """The other end went away, or does not speak in frames."""


class FrameTooLarge(FrameError):
    """A message is longer than it may be."""


def send(fd: int, payload: bytes, deadline: float) -> None:
    """Write one message to a non-blocking pipe.

    Raises:
        FrameError: the reader is gone.
        TimeoutError: the reader did not take it in time.
    """
    view = memoryview(_HEAD.pack(len(payload)) + payload)
    while view:
        try:
            view = view[os.write(fd, view[:_BLOCK]) :]
        except BlockingIOError:
            _wait(fd, select.POLLOUT, deadline)
        except OSError as error:
            raise FrameError("The reader is gone.") from error


def receive(fd: int, longest: int, deadline: float) -> bytes:
    """Read one message from a non-blocking pipe.

    Raises:
        FrameError: the writer is gone, in the middle or before.
        FrameTooLarge: it is longer than ``longest``.
        TimeoutError: it did not come in time.
    """
    (size,) = _HEAD.unpack(_exactly(fd, _HEAD.size, deadline))
    if size > longest:
        raise FrameTooLarge(f"A message of {size:,} bytes; {longest:,} are allowed.")
    return _exactly(fd, size, deadline)


def _exactly(fd: int, size: int, deadline: float) -> bytes:
    found = bytearray()
    while len(found) < size:
        try:
            block = os.read(fd, min(_BLOCK, size - len(found)))
        except BlockingIOError:
            _wait(fd, select.POLLIN, deadline)
            continue
        if not block:
            raise FrameError("The writer is gone.")
        found += block
    return bytes(found)


def _wait(fd: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(fd, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError
