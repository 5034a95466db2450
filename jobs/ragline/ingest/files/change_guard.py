"""Refuse a file that changes while it is read: half of one state and half of another is no document."""

import io
from collections.abc import Callable
from typing import IO, Any, BinaryIO

from ragline.ingest.item import ItemRefused


class _Guarded(io.RawIOBase):
    def __init__(self, stream: IO[bytes], marker: Callable[[], str], where: str) -> None:
        self._stream, self._marker, self._where = stream, marker, where
        self._before = marker()

    @property
    def marker(self) -> str:
        """The marker when it was opened."""
        return self._before

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if self.closed:
            return
        super().close()
        with self._stream:
            after = self._marker()
        if after != self._before:
            raise ItemRefused("changed_while_read", f"{self._where} changed while it was read; the next run takes it in.")


class _GuardedReader(io.BufferedReader):
    """Knows the change marker of what it reads; None where it cannot be compared with a listed one."""

    change_marker: str | None = None


def guard(stream: IO[bytes], marker: Callable[[], str], where: str, as_listed: Callable[[str], bool] = bool) -> BinaryIO:
    """A stream over ``stream`` whose ``close`` raises ``ItemRefused`` (``changed_while_read``) if ``marker()`` is not what it was
    when the stream was opened; that one is its ``change_marker``, if it has the form of a listed one (``as_listed``). ``where``
    names the file in the message."""
    guarded = _Guarded(stream, marker, where)
    reader = _GuardedReader(guarded, 1 << 20)
    reader.change_marker = guarded.marker if as_listed(guarded.marker) else None
    return reader
