"""CSV and TSV: a header, then a record a row; a quoted field may hold newlines."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.records.byte_ranges import RangedLines, read_range
from ragline.ingest.records.table_format import LocatedRecord

_LONGEST_FIELD = 2**31 - 1  # the lines are bounded already


@dataclass(frozen=True)
class Delimited:
    """UTF-8 text with ``delimiter`` between fields. A locator is ``offset:length`` in bytes; the marker covers the header."""

    limit: int
    delimiter: str
    needed: tuple[str, ...]

    def scan(self, stream: IO[bytes]) -> Iterator[LocatedRecord]:
        """Records in the order of the file."""
        rows = _Rows(stream, self.limit, self.delimiter)
        columns = self._columns(rows)
        number = 1
        while row := rows.take("\x1f".join(columns).encode()):
            number += 1
            if row == [[]]:
                continue
            yield LocatedRecord(f"record {number}", rows.lines.range(), rows.lines.marker(), _record(columns, row[0]))

    def find(self, stream: IO[bytes], items: Iterable[Item]) -> Iterator[tuple[Item, LocatedRecord]]:
        """The header, then one read for each item."""
        columns = self._columns(_Rows(stream, self.limit, self.delimiter))
        for item in items:
            rows = _Rows(io.BytesIO(read_range(stream, item)), self.limit, self.delimiter)
            row = rows.take("\x1f".join(columns).encode()) or [[]]
            yield item, LocatedRecord("", item.locator, rows.lines.marker(), _record(columns, row[0]))

    def _columns(self, rows: "_Rows") -> list[str]:
        first = rows.take()
        if not first or isinstance(first[0], ItemRefused):
            raise ValueError(f"it has no header row ({first[0] if first else 'it is empty'})")
        if missing := [name for name in self.needed if name not in first[0]]:
            raise ValueError(f"it has no column {missing[0]!r}; its header is: {', '.join(first[0])}")
        return first[0]


class _Rows:
    """Rows with the bytes they were made of."""

    def __init__(self, stream: IO[bytes], limit: int, delimiter: str) -> None:
        csv.field_size_limit(_LONGEST_FIELD)
        self.lines = RangedLines(stream, limit)
        # ``map`` goes on after an exception, which a generator would not.
        self._rows = csv.reader(map(_decoded, self.lines), delimiter=delimiter, strict=True)

    def take(self, prefix: bytes = b"") -> list[list[str] | ItemRefused]:
        """The next row or why it is none, as the only element of a list; nothing at the end."""
        self.lines.begin(prefix)
        try:
            return [next(self._rows)]
        except StopIteration:
            return []
        except csv.Error as error:
            return [ItemRefused("bad_record", f"not a row: {error}.")]
        except ItemRefused as refused:
            return [refused]


def _decoded(line: bytes) -> str:
    return line.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def _record(columns: list[str], row: list[str] | ItemRefused) -> dict[str, str] | ItemRefused:
    if isinstance(row, ItemRefused):
        return row
    if len(row) != len(columns):
        return ItemRefused("bad_record", f"{len(row)} fields where the header has {len(columns)}.")
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return ItemRefused("invalid_encoding", "not UTF-8.")
    return dict(zip(columns, row, strict=True))
