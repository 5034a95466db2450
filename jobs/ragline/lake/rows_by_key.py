"""The rows of a few keys of a versioned table, without holding the others in memory."""

from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import Table
from ragline.errors import LakeError
from ragline.lake.lake import Lake
from ragline.lake.large_columns import distinct
from ragline.lake.stored_files import newest_rows


def rows_by_key(lake: Lake, table: Table, version: int, keys: Collection[str], columns: Sequence[str]) -> pa.Table:
    """The newest row of each of these values of the table's ``version_key`` at a version, deleted ones left out.

    Raises:
        ValueError: the table has no ``version_key``.
        LakeError: there is no such version, or not any more.
    """
    if table.version_key is None:
        raise ValueError(f"Table {table.name} keeps no versions of its rows.")
    names = [name for name in table.schema.names if name in columns]
    needed = list(dict.fromkeys([*names, table.version_key, "seq", "deleted"]))
    wanted = pc.field(table.version_key).isin(pa.array(sorted(keys), pa.string()))
    rows = _read(lake, table, version, needed, wanted)
    rows = rows.filter(newest_rows(rows[table.version_key], rows["seq"]))
    return rows.filter(pc.invert(pc.fill_null(rows["deleted"], False))).select(names)


def keys_where(lake: Lake, table: Table, version: int, column: str, values: Collection[str]) -> list[str]:
    """The ``version_key`` of every stored row, superseded ones included, whose column has one of these values."""
    wanted = pc.field(column).isin(pa.array(sorted(values), pa.string()))
    rows = _read(lake, table, version, [table.version_key or ""], wanted)
    found: list[str] = distinct(rows[0]).to_pylist()
    return found


def _read(lake: Lake, table: Table, version: int, columns: Sequence[str], wanted: pc.Expression) -> pa.Table:
    try:
        return lake.dataset(table, version).to_table(columns=list(columns), filter=wanted)
    except OSError as error:  # its files were removed
        raise LakeError(f"Table {table.name} cannot be read at version {version} in {lake.uri}: {error}") from error
