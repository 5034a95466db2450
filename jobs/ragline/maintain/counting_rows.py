"""Which stored rows of a table still count: for somebody who reads one of its versions, or as a deletion that is not yet read.

A row is dead if a newer one of its key took its place at every version that is read, or if it is of a document past its
deadline. A deletion marker may go once everybody has read it and no older row of its key is left: it alone keeps that one from
counting again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.retention import Of
from ragline.contracts.tables import Table
from ragline.lake.large_columns import codes, is_among
from ragline.lake.stored_files import StoredFile
from ragline.maintain.read_points import ReadPoints

# Keys of so many rows are held at once; a longer table is gone through several times, each time for a part of its keys.
_ROWS_AT_ONCE = 4_000_000
_BUCKET_CHARACTERS = 3
# Says which item a deletion marker is of; what else a marker holds of content stands beside it.
_NAME = "source_id"

ReadColumns = Callable[[StoredFile, Sequence[str]], Iterator[pa.RecordBatch]]


@dataclass
class FileRows:
    """The rows of one file: which count, and which of these are markers whose content has to go.

    ``must_go``: some row is past its deadline. ``needs``: of rows dropped because no older row is left, the other files where
    the older ones are; a row may be dropped only if these files are rewritten, too.
    """

    file: StoredFile
    count: np.ndarray
    redact: np.ndarray
    must_go: bool = False
    needs: dict[int, set[int]] = field(default_factory=dict)

    @property
    def dead(self) -> int:
        """The number of rows that do not count."""
        return int(len(self.count) - self.count.sum())


def counting_rows(
    table: Table,
    files: Sequence[StoredFile],
    read: ReadColumns,
    points: ReadPoints,
    expired: pa.Array,
    rows_at_once: int = _ROWS_AT_ONCE,
) -> list[FileRows]:
    """Find out which rows of a table with a version key count. ``expired``: ids of the documents past their deadline."""
    found = [FileRows(file, np.ones(file.rows, dtype=bool), np.zeros(file.rows, dtype=bool)) for file in files]
    parts = -(-sum(file.rows for file in files) // rows_at_once)
    for part in range(parts):
        rows = _keys(table, files, read, expired, part, parts)
        if rows is not None:
            _judge(table, found, rows, points)
    return found


@dataclass(frozen=True)
class _Rows:
    """Key (as a number), ``seq``, and place of rows; whether they are deletion markers, of expired documents, hold a name."""

    key: np.ndarray
    seq: np.ndarray
    file: np.ndarray
    position: np.ndarray
    marker: np.ndarray
    expired: np.ndarray
    named: np.ndarray


def _keys(table: Table, files: Sequence[StoredFile], read: ReadColumns, expired: pa.Array, part: int, parts: int) -> _Rows | None:
    names = list(dict.fromkeys([str(table.version_key), "seq", "deleted", *holding_columns(table)]))
    keys, taken = [], []
    for number, file in enumerate(files):
        start = 0
        for batch in read(file, names):
            places = np.arange(start, start + batch.num_rows)
            start += batch.num_rows
            chosen = _in_part(batch[str(table.version_key)], part, parts)
            rows = batch.filter(pa.array(chosen))
            keys.append(rows[str(table.version_key)])
            taken.append(
                (
                    rows["seq"].to_numpy(zero_copy_only=False),
                    np.full(rows.num_rows, number, dtype=np.int32),
                    places[chosen],
                    pc.fill_null(rows["deleted"], False).to_numpy(zero_copy_only=False),
                    of_documents(table, rows, expired),
                    is_named(rows),
                )
            )
    if not any(len(part) for part in keys):
        return None
    return _Rows(
        codes(pa.chunked_array(keys)).to_numpy(zero_copy_only=False),
        *(np.concatenate(column) for column in zip(*taken, strict=True)),
    )


def _in_part(keys: pa.Array, part: int, parts: int) -> np.ndarray:
    if parts == 1:
        return np.ones(len(keys), dtype=bool)
    starts = pc.utf8_slice_codeunits(pc.fill_null(keys, ""), 0, _BUCKET_CHARACTERS).dictionary_encode()
    mine = [sum(text.encode()) % parts == part for text in starts.dictionary.to_pylist()]
    chosen: np.ndarray = np.asarray(mine, dtype=bool)[starts.indices.to_numpy()]
    return chosen


def holding_columns(table: Table) -> list[str]:
    """The columns that tell whether a row holds something of a document."""
    return [name for name in (*table.retention.key, _NAME) if name in table.schema.names]


def of_documents(table: Table, rows: pa.RecordBatch, documents: pa.Array) -> np.ndarray:
    """Whether a row is of one of these documents."""
    found = np.zeros(rows.num_rows, dtype=bool)
    for name in table.retention.key:
        column = rows[name]
        if pa.types.is_list(column.type):
            hit = is_among(column.flatten(), documents).to_numpy(zero_copy_only=False)
            found[np.unique(pc.list_parent_indices(column).to_numpy()[hit])] = True
        else:
            found |= is_among(column, documents).to_numpy(zero_copy_only=False)
    return found


def is_named(rows: pa.RecordBatch) -> np.ndarray:
    """Whether a row says by name which item it is of; a deletion marker that does holds content."""
    if _NAME not in rows.schema.names:
        return np.zeros(rows.num_rows, dtype=bool)
    named: np.ndarray = pc.is_valid(rows[_NAME]).to_numpy(zero_copy_only=False)
    return named


def _judge(table: Table, found: list[FileRows], rows: _Rows, points: ReadPoints) -> None:
    newest = rows.seq == _newest(rows, np.ones(len(rows.seq), dtype=bool))[rows.key]
    counts = newest.copy()
    for version in points.versions:
        before = rows.seq <= version
        counts |= before & (rows.seq == _newest(rows, before)[rows.key])
    stays = newest if table.retention.of is Of.ITEM else np.zeros(len(newest), dtype=bool)
    counts &= ~rows.expired | rows.marker | stays
    dropped = _markers_to_drop(rows, counts, points.read_up_to)
    counts &= ~dropped
    redact = counts & rows.marker & rows.expired & rows.named
    urgent = (rows.expired & ~counts) | redact
    for number, file in enumerate(found):
        mine = rows.file == number
        file.count[rows.position[mine]] = counts[mine]
        file.redact[rows.position[mine]] = redact[mine]
        file.must_go |= bool(urgent[mine].any())
    _note_needs(found, rows, dropped)


def _newest(rows: _Rows, among: np.ndarray) -> np.ndarray:
    newest = np.full(rows.key.max() + 1, -1, dtype=np.int64)
    np.maximum.at(newest, rows.key[among], rows.seq[among])
    return newest


def _markers_to_drop(rows: _Rows, counts: np.ndarray, read_up_to: int) -> np.ndarray:
    """The markers that everybody has read and before which no row of their key counts."""
    left, dropped = counts.copy(), np.zeros(len(counts), dtype=bool)
    while True:
        oldest = np.full(rows.key.max() + 1, np.iinfo(np.int64).max)
        np.minimum.at(oldest, rows.key[left], rows.seq[left])
        # A key may have a marker and other rows of one version: then the marker says nothing, and goes with the rest.
        again = left & rows.marker & (rows.seq <= read_up_to) & (rows.seq == oldest[rows.key])
        if not again.any():
            return dropped
        dropped |= again
        left &= ~again


def _note_needs(found: list[FileRows], rows: _Rows, dropped: np.ndarray) -> None:
    markers = np.flatnonzero(dropped)
    if not len(markers):
        return
    of_key: dict[int, list[int]] = {int(rows.key[marker]): [] for marker in markers}
    for marker in markers:
        of_key[int(rows.key[marker])].append(int(marker))
    for row in np.flatnonzero(np.isin(rows.key, rows.key[markers]) & ~dropped):
        for older_than in of_key[int(rows.key[row])]:
            if rows.seq[row] < rows.seq[older_than] and rows.file[row] != rows.file[older_than]:
                needs = found[int(rows.file[older_than])].needs
                needs.setdefault(int(rows.position[older_than]), set()).add(int(rows.file[row]))
