"""The landing folder of feedback events: list its files, remember which were read, remove those that have served.

Stages meet here: feedback reads the files, maintenance removes them.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from pyarrow import fs

from ragline.errors import ConfigError
from ragline.lake.files import open_filesystem, read_bytes, remove_file, write_bytes

# By URI: size in bytes, and when last changed in nanoseconds (0 where the store does not say).
Stamps = dict[str, list[int]]


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


def files_read_before(lake_uri: str) -> Stamps:
    """The files read before, with their size and time then. It only saves reading: an event counts once by its id in any case."""
    kept = read_bytes(_read_files_uri(lake_uri))
    return json.loads(kept) if kept else {}


def remember_files(lake_uri: str, stamps: Mapping[str, list[int]]) -> None:
    """Remember which files were read. Call it after the commits, so that a killed run reads them again."""
    write_bytes(_read_files_uri(lake_uri), json.dumps(dict(stamps), indent=1, sort_keys=True).encode())


def remove_served_files(lake_uri: str, landing: str, days: float, now: datetime) -> int:
    """Remove the landing files whose every line was read and that nobody has touched for so many days; return how many.

    They hold what users asked, in their own words. A file of which the store does not say when it changed stays.

    Raises:
        ConfigError: the landing folder cannot be listed.
        LakeError: a file cannot be removed.
    """
    read = files_read_before(lake_uri)
    limit = int((now - timedelta(days=days)).timestamp() * 1e9)
    served = [uri for uri, stamp in landed_files(landing).items() if read.get(uri) == stamp and 0 < stamp[1] <= limit]
    for uri in served:
        remove_file(uri)
    return len(served)


def _read_files_uri(lake_uri: str) -> str:
    return f"{lake_uri}/_feedback/read.json"
