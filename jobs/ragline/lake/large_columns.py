"""Look up, sort and take rows of columns that hold more than two gigabytes of text.

Arrow's ``string`` and ``list`` count with 32 bits, so that one array holds 2 GiB at most. A column may hold more, in several
arrays, until something puts them into one: ``combine_chunks``, ``take``, ``sort_by``, the table of keys that ``index_in`` makes.
Here that is done with the large types, which count with 64 bits, and what comes out has the types that went in.
"""

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Column: TypeAlias = pa.Array | pa.ChunkedArray

# So many rows at a time become arrays of 32 bits again: each may have 256 KiB of text.
_ROWS = 8192


def positions(keys: Column, among: Column) -> Column:
    """Where each key stands among others (the first place; null where it does not), however many bytes of keys there are."""
    return pc.index_in(large(keys), value_set=large(among))


def is_among(keys: Column, others: Column) -> Column:
    """Whether each key is one of the others."""
    return pc.is_in(large(keys), value_set=large(others))


def distinct(keys: Column) -> pa.Array:
    """The different keys, in the order in which each comes first, as a large type."""
    return pc.unique(large(keys))


def codes(keys: pa.ChunkedArray) -> pa.Array:
    """A small number for each key, equal for equal keys; null is a key as others are."""
    return whole(keys).dictionary_encode(null_encoding="encode").indices


def take_values(values: Column, rows: Column) -> pa.ChunkedArray:
    """The values at some rows (null where a row is null), in arrays of the column's own type."""
    table = pa.table({"values": values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])})
    return take_rows(table, rows)["values"]


def sort_rows(table: pa.Table, *columns: tuple[str, str]) -> pa.Table:
    """The rows in the order of some columns (name, ``ascending`` or ``descending``)."""
    return take_rows(table, pc.sort_indices(table.select([name for name, _ in columns]), sort_keys=list(columns)))


def take_rows(table: pa.Table, rows: Column) -> pa.Table:
    """Some rows of a table, in the order asked for. It needs room for the table once more, besides what comes out."""
    whole = table.cast(pa.schema([pa.field(field.name, _large_type(field.type)) for field in table.schema])).combine_chunks()
    pieces = [whole.take(rows.slice(start, _ROWS)).cast(table.schema) for start in range(0, len(rows), _ROWS)]
    return pa.concat_tables(pieces) if pieces else table.schema.empty_table()


def large(column: Column) -> Column:
    """The column in a type that counts with 64 bits; its bytes are not copied."""
    return column.cast(_large_type(column.type))


def whole(column: Column) -> pa.Array:
    """The column as one array, of a type that counts with 64 bits."""
    wide = large(column)
    if isinstance(wide, pa.Array):
        return wide
    return pa.concat_arrays(wide.chunks) if wide.num_chunks else pa.array([], wide.type)


def narrow(column: pa.Array, kind: pa.DataType) -> pa.ChunkedArray:
    """A column of a large type in arrays of the ``kind`` that a table has, so many that each can be of it."""
    # Taken, not sliced: a slice keeps the offsets that it has in the whole.
    starts = range(0, len(column), _ROWS)
    pieces = [column.take(pa.array(np.arange(start, min(start + _ROWS, len(column))))).cast(kind) for start in starts]
    return pa.chunked_array(pieces, kind)


def _large_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string(kind):
        return pa.large_string()
    if pa.types.is_binary(kind):
        return pa.large_binary()
    if pa.types.is_list(kind):
        return pa.large_list(pa.field(kind.value_field.name, _large_type(kind.value_type), kind.value_field.nullable))
    return kind
