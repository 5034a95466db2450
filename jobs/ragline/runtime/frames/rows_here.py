"""The same rows as ``stored_rows``, read in this process: for tables that are not worth starting Spark for."""

from collections.abc import Sequence

import pyarrow as pa

from ragline.contracts.tables import Table
from ragline.runtime.frames.stored_rows import Range, ReadFiles
from ragline.runtime.lake import Lake, newest_rows


def rows_here(
    lake: Lake,
    table: Table,
    columns: Sequence[str],
    version: int | None = None,
    rows: Range | None = None,
    with_places: bool = False,
) -> pa.Table:
    """Of the rows in a range, the newest of each ``version_key``, deleted ones included, with ``seq`` and ``deleted``; with
    ``file``, ``row_group`` and ``position`` too if asked for. Meant for ids and numbers: all of it is held in memory."""
    rows = rows or Range()
    read = ReadFiles(table, lake.table_uri(table), tuple(columns), rows)
    names = [file.path for file in lake.files(table, version) if rows.touches(file)]
    kept = [name for name in read.schema.names if with_places or name in table.schema.names]
    batches = (batch.select(kept) for batch in read(iter([pa.record_batch({"file": pa.array(names, pa.string())})])))
    found = pa.Table.from_batches(batches, schema=pa.schema([read.schema.field(name) for name in kept]))
    return found.filter(newest_rows(found[table.version_key], found["seq"])) if table.version_key else found
