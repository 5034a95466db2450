"""Texts of documents by the places of their rows in the files of the table."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ragline.lake.files import open_filesystem
from ragline.lake.row_cursor import RowCursor

# File, row group and position of a document; None three times for no document.
Place = tuple[Any, Any, Any]
_OPEN = 4


class DocumentTexts:
    """Reads texts of documents by their places. Asked in about the order they are stored in, each is read once."""

    def __init__(self, documents_uri: str) -> None:
        self._filesystem, self._folder = open_filesystem(documents_uri)
        self._cursors: OrderedDict[tuple[str, int], tuple[pa.NativeFile, RowCursor]] = OrderedDict()
        self._texts: dict[Place, str | None] = {}

    def at(self, places: Iterable[Place]) -> list[str | None]:
        """One for each place; None for no place. Those that were asked for last time are still at hand."""
        asked = list(places)
        wanted = sorted({place for place in asked if place[0] is not None})
        self._texts = {place: self._texts[place] if place in self._texts else self._read(*place) for place in wanted}
        return [self._texts.get(place) for place in asked]

    def _read(self, file: str, group: int, position: int) -> str | None:
        cursor = self._cursors.pop((file, group), None) or self._open(file, group)
        self._cursors[(file, group)] = cursor
        if len(self._cursors) > _OPEN:
            _, (stream, _cursor) = self._cursors.popitem(last=False)
            stream.close()
        text = cursor[1].value(position)
        return None if text is None else str(text)

    def _open(self, file: str, group: int) -> tuple[pa.NativeFile, RowCursor]:
        stream = self._filesystem.open_input_file(f"{self._folder}/{file}")
        return stream, RowCursor(pq.ParquetFile(stream), group, "text")
