"""The landing folder: which of its files have something new."""

import json
from collections.abc import Mapping

from pyarrow import fs

from ragline.errors import ConfigError
from ragline.runtime.files import open_filesystem, read_bytes, write_bytes

Sizes = dict[str, int]


def landed_files(landing: str) -> Sizes:
    """URI and size in bytes of every ``.jsonl`` file in a folder (or of the one file that ``landing`` names).

    Raises:
        ConfigError: ``landing`` exists but cannot be listed.
    """
    filesystem, path = open_filesystem(landing)
    try:
        top = filesystem.get_file_info(path)
        if top.type == fs.FileType.File:
            return {landing: top.size}
        infos = filesystem.get_file_info(fs.FileSelector(path, recursive=True, allow_not_found=True))
    except OSError as error:
        raise ConfigError(f"feedback.landing is {landing!r} and cannot be listed: {error}") from error
    prefix = landing.rstrip("/")
    return {prefix + info.path[len(path) :]: info.size for info in infos if info.is_file and info.path.endswith(".jsonl")}


def read_lines(uri: str) -> list[bytes]:
    """The file's lines, blank ones left out. A last line without its line end is still being written and waits."""
    content = read_bytes(uri) or b""
    complete = content[: content.rfind(b"\n") + 1]
    return [line for line in complete.split(b"\n") if line.strip()]


def remembered(lake_uri: str) -> Sizes:
    """Which files were read at which size. Only saves work: events are told apart by their id."""
    kept = read_bytes(_memory(lake_uri))
    return json.loads(kept) if kept else {}


def remember(lake_uri: str, sizes: Mapping[str, int]) -> None:
    """Keep what was read; call it after the commits."""
    write_bytes(_memory(lake_uri), json.dumps(dict(sizes), indent=1, sort_keys=True).encode())


def _memory(lake_uri: str) -> str:
    return f"{lake_uri}/_feedback/read.json"
