"""Read the lines of a landing file."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from ragline.errors import LakeError
from ragline.lake.files import open_filesystem

MAX_LINE_BYTES = 2**20


@dataclass(frozen=True)
class Line:
    """A line of a landing file: its number, counted from 1, and its bytes without the line end, at most ``MAX_LINE_BYTES`` of
    them and one more, which shows that it is longer."""

    number: int
    content: bytes

    @property
    def is_too_long(self) -> bool:
        """Whether it was cut off."""
        return len(self.content) > MAX_LINE_BYTES


def read_lines(uri: str) -> Iterator[Line]:
    """The file's lines, one at a time, blank ones left out. A last line without its line end waits if it is still being
    written, which shows in that it is not JSON yet.

    Raises:
        LakeError: the file cannot be read.
    """
    filesystem, path = open_filesystem(uri)
    try:
        with filesystem.open_input_file(path) as source, io.BufferedReader(source) as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                is_whole = line.endswith(b"\n") or _skip_to_line_end(stream, line)
                content = line.rstrip(b"\n")
                if content.strip() and (is_whole or _is_json(content)):
                    yield Line(number, content)
    except FileNotFoundError:
        return  # taken away since it was listed
    except OSError as error:
        raise LakeError(f"Cannot read {uri}: {error}") from error


def _skip_to_line_end(stream: io.BufferedReader, read: bytes) -> bool:
    """Pass over the rest of a line that is too long; whether it has an end. A short line without an end is the last one."""
    while len(read) > MAX_LINE_BYTES:
        read = stream.readline(MAX_LINE_BYTES + 1)
        if read.endswith(b"\n"):
            return True
    return False


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
