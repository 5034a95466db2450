"""What a table's log says of its commits, found in bounded time however long the log is.

Delta keeps one file for each commit, and Ragline keeps them all (``KEEP_LOG``). So that nobody has to read thousands of them,
``<table>/_ragline/commits.arrow`` repeats what they say of commits up to some version; only later ones are read one by one.
The index is a copy of what never changes: it may be lost, old or overwritten by an older one, and is made again from the log.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.errors import LakeError
from ragline.lake.files import list_files, read_bytes, write_bytes

log = logging.getLogger(__name__)

# As many entries are read one by one before the index is written anew: as many as Delta itself reads behind a checkpoint.
_READ_SINGLY = 10
# What a commit's metadata holds: of a job's commit, and of maintenance.
JOB, UPKEEP = "ragline", "ragline_upkeep"
_ENTRIES = pa.schema(
    [("version", pa.int64()), ("at", pa.int64()), (JOB, pa.string()), (UPKEEP, pa.string()), ("key", pa.string())]
)
_FORMAT, _LAST, _CHECK = b"format", b"last", b"check"
_LOG_FILE = re.compile(r"/(\d{20})\.json$")


@dataclass(frozen=True)
class LogEntry:
    """One commit: its version, its time in milliseconds, and the JSON texts that Ragline put into its metadata."""

    version: int
    at: int
    job: str | None
    upkeep: str | None

    @property
    def key(self) -> str | None:
        """The commit key of a job's commit."""
        return None if self.job is None else str(json.loads(self.job)["key"])


class CommitLog:
    """The commits of one table."""

    def __init__(self, table_uri: str) -> None:
        self._uri = table_uri
        self._index_uri = f"{table_uri}/_ragline/commits.arrow"

    def newest_first(self, at: int | None = None) -> Iterator[LogEntry]:
        """Every commit at or below a version (default: all)."""
        indexed, tail = self._load()
        for entry in reversed(tail):
            if at is None or entry.version <= at:
                yield entry
        rows = indexed if at is None else indexed.filter(pc.less_equal(indexed["version"], at))
        for end in range(rows.num_rows, 0, -64):
            start = max(0, end - 64)
            yield from (_entry(row) for row in reversed(rows.slice(start, end - start).to_pylist()))

    def find(self, key: str) -> LogEntry | None:
        """The newest commit with this key."""
        indexed, tail = self._load()
        if (found := next((entry for entry in reversed(tail) if entry.key == key), None)) is not None:
            return found
        rows = indexed.filter(pc.equal(indexed["key"], key))
        return _entry(rows.slice(rows.num_rows - 1).to_pylist()[0]) if rows.num_rows else None

    def upkeep(self) -> list[LogEntry]:
        """The commits that maintenance made, oldest first."""
        indexed, tail = self._load()
        rows = indexed.filter(pc.is_valid(indexed[UPKEEP])).to_pylist()
        return [*map(_entry, rows), *(entry for entry in tail if entry.upkeep is not None)]

    def _load(self) -> tuple[pa.Table, list[LogEntry]]:
        """What the index holds, and the later commits."""
        indexed = self._read_index()
        tail, check = self._read_log(-1 if indexed is None else _last(indexed))
        indexed = _ENTRIES.empty_table() if indexed is None else indexed
        if len(tail) > _READ_SINGLY:
            self._write_index(pa.concat_tables([indexed.replace_schema_metadata(None), _rows(tail)]), tail[-1].version, check)
        return indexed, tail

    def _read_log(self, after: int) -> tuple[list[LogEntry], str]:
        """The commits after a version, oldest first, and the check of the last one."""
        version = after + 1 if after >= 0 else self._first_version()
        entries, check = [], ""
        while (info := self._commit_info(version)) is not None:
            entries.append(_parsed(version, info))
            version, check = version + 1, _check(info)
        return entries, check

    def _first_version(self) -> int:
        found = [int(match[1]) for uri in list_files(f"{self._uri}/_delta_log") if (match := _LOG_FILE.search(uri))]
        return min(found, default=0)

    def _commit_info(self, version: int) -> str | None:
        """The line of a log file that tells of the commit itself ("{}" if it has none); None if there is no such version."""
        content = read_bytes(f"{self._uri}/_delta_log/{version:020d}.json")
        if content is None:
            return None
        lines = (line for line in content.splitlines() if line.startswith(b'{"commitInfo"'))
        return next(lines, b"{}").decode()

    def _read_index(self) -> pa.Table | None:
        """None if it is not there, not whole, or not of this log (whose table was put back from a backup, say)."""
        content = read_bytes(self._index_uri)
        if content is None:
            return None
        try:
            table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
            if table.schema.metadata[_FORMAT] == b"1" and table.schema.equals(_ENTRIES):
                info = self._commit_info(_last(table))
                if info is not None and _check(info).encode() == table.schema.metadata[_CHECK]:
                    return table
        except (pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
            log.warning("The index of commits %s cannot be read and is made again: %s", self._index_uri, error)
        return None

    def _write_index(self, rows: pa.Table, last: int, check: str) -> None:
        marked = rows.replace_schema_metadata({_FORMAT: b"1", _LAST: str(last).encode(), _CHECK: check.encode()})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, marked.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(marked)
        with suppress(LakeError):  # whoever may only read the lake does without
            write_bytes(self._index_uri, sink.getvalue().to_pybytes())


def _parsed(version: int, info: str) -> LogEntry:
    told: dict[str, Any] = json.loads(info).get("commitInfo", {})
    job, upkeep = (text if isinstance(text := told.get(name), str) else None for name in (JOB, UPKEEP))
    return LogEntry(version, int(told.get("timestamp", 0)), job, upkeep)


def _entry(row: dict[str, Any]) -> LogEntry:
    return LogEntry(row["version"], row["at"], row[JOB], row[UPKEEP])


def _rows(entries: list[LogEntry]) -> pa.Table:
    rows = [{"version": e.version, "at": e.at, JOB: e.job, UPKEEP: e.upkeep, "key": e.key} for e in entries]
    return pa.Table.from_pylist(rows, schema=_ENTRIES)


def _last(index: pa.Table) -> int:
    return int(index.schema.metadata[_LAST])


def _check(info: str) -> str:
    return hashlib.sha256(info.encode()).hexdigest()[:16]
