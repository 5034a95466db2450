"""The landing folder of feedback events: list its files, read their lines, and remember which were read."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyarrow import fs

from ragline.errors import ConfigError, LakeError
from ragline.lake.files import open_filesystem, read_bytes, write_bytes

# By URI: size in bytes, and when last changed in nanoseconds (0 where the store does not say).
Stamps = dict[str, list[int]]

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


def landed_files(landing: str) -> Stamps:
    """Size and age of every ``.jsonl`` file in a folder (or of the one file that ``landing`` names).

    Raises:
        ConfigError: ``landing`` exists but cannot be listed.
    """
    filesystem, path = open_filesystem(landing)
    try:
        top = filesystem.get_file_info(path)
        if top.type == fs.FileType.File:
            return {landing: _stamp(top)}
        infos = filesystem.get_file_info(fs.FileSelector(path, recursive=True, allow_not_found=True))
    except OSError as error:
        raise ConfigError(f"feedback.landing is {landing!r} and cannot be listed: {error}") from error
    prefix = landing.rstrip("/")
    return {prefix + info.path[len(path) :]: _stamp(info) for info in infos if info.is_file and info.path.endswith(".jsonl")}


def _stamp(info: fs.FileInfo) -> list[int]:
    return [info.size, info.mtime_ns or 0]


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


def files_read_before(lake_uri: str) -> Stamps:
    """The files read before, with their size and time then. It only saves reading: an event counts once by its id in any case."""
    kept = read_bytes(_read_files_uri(lake_uri))
    return json.loads(kept) if kept else {}


def remember_files(lake_uri: str, stamps: Mapping[str, list[int]]) -> None:
    """Remember which files were read. Call it after the commits, so that a killed run reads them again."""
    write_bytes(_read_files_uri(lake_uri), json.dumps(dict(stamps), indent=1, sort_keys=True).encode())


def _read_files_uri(lake_uri: str) -> str:
    return f"{lake_uri}/_feedback/read.json"
