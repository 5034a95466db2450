"""Lines of a file as ranges of bytes."""

import hashlib
from collections.abc import Iterator
from typing import IO

from ragline.ingest.item import Item, ItemRefused

_BLOCK = 1 << 20


class RangedLines(Iterator[bytes]):
    """Lines, each up to its newline, of records that may have several.

    ``range()`` is the locator ``offset:length`` of what was read since ``begin()``, ``marker()`` its hash. More than ``limit``
    bytes in one record raise ``ItemRefused`` (``too_large``); the next line can be read after that.
    """

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream, self._limit = stream, limit
        self._offset = 0
        self.begin()

    def begin(self, prefix: bytes = b"") -> None:
        """A new record starts here; ``prefix`` is hashed with it."""
        self._start = self._offset
        self._digest = hashlib.sha256(prefix)
        self._is_ended = True

    def range(self) -> str:
        """Where the record is: ``offset:length``."""
        return f"{self._start}:{self._offset - self._start}"

    def marker(self) -> str:
        """Hash of the record's bytes; a last line without a newline is hashed as if it had one, as it will when others follow."""
        digest = self._digest.copy()
        if not self._is_ended:
            digest.update(b"\n")
        return digest.hexdigest()[:16]

    def __next__(self) -> bytes:
        line = self._read()
        if not line:
            raise StopIteration
        whole = line.endswith(b"\n")
        while not whole and len(line) > self._limit and (rest := self._read()):
            whole = rest.endswith(b"\n")
        if self._offset - self._start > self._limit:
            raise ItemRefused("too_large", f"a record of more than {self._limit:,} bytes (max_bytes).")
        return line

    def _read(self) -> bytes:
        line = self._stream.readline(max(self._limit + 1, _BLOCK))
        self._offset += len(line)
        self._digest.update(line)
        self._is_ended = line.endswith(b"\n") if line else self._is_ended
        return line


def read_range(stream: IO[bytes], item: Item) -> bytes:
    """The bytes at an item's locator."""
    offset, _, length = item.locator.partition(":")
    stream.seek(int(offset))
    return stream.read(int(length))
