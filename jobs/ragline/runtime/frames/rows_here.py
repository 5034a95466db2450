"""The same rows as ``stored_rows``, read in this process: for tables that are not worth starting Spark for."""

from collections.abc import Sequence

import pyarrow as pa

from ragline.contracts.tables import Table
from ragline.runtime.frames.stored_rows import Range, ReadFiles
from ragline.runtime.lake import Lake, newest_rows


def rows_here(
    lake: Lake, table: Table, columns: Sequence[str], version: int | None = None, rows: Range | None = None
) -> pa.Table:
    """Of the rows in a range, the newest of each ``version_key``, deleted ones included, with ``seq``, ``deleted`` and their
    places. Meant for columns of ids and numbers: what is asked for is held in memory."""
    rows = rows or Range()
    read = ReadFiles(table, lake.table_uri(table), tuple(columns), rows)
    names = [file.path for file in lake.files(table, version) if rows.touches(file)]
    batches = read(iter([pa.record_batch({"file": pa.array(names, pa.string())})]))
    found = pa.Table.from_batches(batches, schema=read.schema)
    return found.filter(newest_rows(found[table.version_key], found["seq"])) if table.version_key else found
