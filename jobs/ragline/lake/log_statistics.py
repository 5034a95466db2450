"""Keep content out of a table's log: Delta's statistics (smallest and largest value) stay for ids and numbers only.

They are text, and the log outlives the files they are of. ``delta.dataSkippingStatsColumns`` keeps them out of new entries; older
ones are rewritten. An entry is replaced whole, so that readers find it before or after. What it says of the commit and of the
files stays as it was.
"""

import json
import os
import re
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from ragline.contracts.tables import Table, statistics_columns
from ragline.lake.commits import KEEP_LOG, STATISTICS_PROPERTY, commit_errors, table_properties
from ragline.lake.files import list_files, open_filesystem, read_bytes, write_bytes
from ragline.lake.lake import Lake

_ENTRY = re.compile(r"/(\d{20})(?:\.json|\.checkpoint[^/]*\.parquet)$")
_OF_VALUES = ("minValues", "maxValues", "nullCount")


def forget_content_statistics(lake: Lake, table: Table) -> int:
    """Set the table's property if it is not set, and rewrite the entries of its log up to then; return how many changed.

    Done once for each table: ``_ragline/content_free`` says up to which version.
    """
    done_uri = f"{lake.table_uri(table)}/_ragline/content_free"
    delta = lake.snapshot(table)
    if delta is None:
        return 0
    properties = {name: str(value) for name, value in table_properties(table).items()}
    if delta.metadata().configuration.get(STATISTICS_PROPERTY) != properties[STATISTICS_PROPERTY]:
        with commit_errors(table, lake.uri):
            delta.alter.set_table_properties(properties, post_commithook_properties=KEEP_LOG)
    elif read_bytes(done_uri) is not None:
        return 0
    last = delta.version()
    entries = [(uri, int(match[1])) for uri in list_files(f"{lake.table_uri(table)}/_delta_log") if (match := _ENTRY.search(uri))]
    changed = sum(_freed(uri, table) for uri, version in entries if version <= last)
    write_bytes(done_uri, json.dumps({"up_to": last}).encode())
    return changed


def _freed(uri: str, table: Table) -> bool:
    return _free_json(uri, table) if uri.endswith(".json") else _free_checkpoint(uri, table)


def _free_json(uri: str, table: Table) -> bool:
    content = read_bytes(uri) or b""
    lines = content.splitlines()
    freed = [_free_line(line, table) for line in lines]
    if freed == lines:
        return False
    _replace(uri, b"\n".join(freed) + (b"\n" if content.endswith(b"\n") else b""))
    return True


def _free_line(line: bytes, table: Table) -> bytes:
    if b'"stats"' not in line:
        return line
    action = json.loads(line)
    for kind in ("add", "remove"):
        told = action.get(kind) or {}
        if told.get("stats"):
            told["stats"] = _free_statistics(told["stats"], table)
    return line if action == json.loads(line) else json.dumps(action, separators=(",", ":")).encode()


def _free_statistics(text: str, table: Table) -> str:
    kept = statistics_columns(table)
    told: dict[str, Any] = json.loads(text)
    freed = {
        what: {name: value for name, value in values.items() if name in kept} if what in _OF_VALUES else values
        for what, values in told.items()
    }
    return text if freed == told else json.dumps(freed, separators=(",", ":"))


def _free_checkpoint(uri: str, table: Table) -> bool:
    filesystem, path = open_filesystem(uri)
    stored = pq.read_table(path, filesystem=filesystem)
    freed = stored
    for kind in ("add", "remove"):
        if kind in freed.schema.names:
            freed = freed.set_column(
                freed.schema.get_field_index(kind), freed.schema.field(kind), _free_column(freed[kind], table)
            )
    if freed.equals(stored):
        return False
    sink = pa.BufferOutputStream()
    pq.write_table(freed, sink, compression="snappy")
    _replace(uri, sink.getvalue().to_pybytes())
    return True


def _free_column(actions: pa.ChunkedArray, table: Table) -> pa.ChunkedArray:
    """The actions of a checkpoint; besides the text there may be the same statistics as columns (``stats_parsed``)."""
    rows = actions.to_pylist()
    for row in rows:
        if row and row.get("stats"):
            row["stats"] = _free_statistics(row["stats"], table)
        if row and row.get("stats_parsed"):
            for what in _OF_VALUES:
                values = row["stats_parsed"].get(what) or {}
                row["stats_parsed"][what] = {name: values[name] if name in statistics_columns(table) else None for name in values}
    return pa.chunked_array([pa.array(rows, actions.type)])


def _replace(uri: str, content: bytes) -> None:
    """Replace a file as a whole, with the time that it has where a file system keeps it: Delta tells versions' age by it."""
    filesystem, path = open_filesystem(uri)
    local = isinstance(filesystem, fs.LocalFileSystem)
    times = os.stat(path) if local else None
    write_bytes(uri, content)
    if times is not None:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
