"""JSON Lines: one object a line."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.records.byte_ranges import RangedLines, read_range
from ragline.ingest.records.table_format import LocatedRecord


@dataclass(frozen=True)
class JsonLines:
    """Blank lines are no records. A locator is ``offset:length`` in bytes."""

    limit: int

    def scan(self, stream: IO[bytes]) -> Iterator[LocatedRecord]:
        """Records in the order of the file."""
        lines = RangedLines(stream, self.limit)
        number = 0
        while True:
            lines.begin()
            number += 1
            record: dict[str, Any] | ItemRefused
            try:
                line = next(lines)
                if not line.strip():
                    continue
                record = _record(line)
            except StopIteration:
                return
            except ItemRefused as refused:
                record = refused
            yield LocatedRecord(f"line {number}", lines.range(), lines.marker(), record)

    def find(self, stream: IO[bytes], items: Iterable[Item]) -> Iterator[tuple[Item, LocatedRecord]]:
        """One read for each item."""
        for item in items:
            for located in self.scan(io.BytesIO(read_range(stream, item))):
                yield item, located
                break
            else:
                yield item, LocatedRecord("", item.locator, "", ItemRefused("bad_record", "a blank line."))


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ItemRefused("invalid_encoding", f"not UTF-8 at byte {error.start}.") from error
    except (ValueError, RecursionError) as error:
        raise ItemRefused("bad_record", f"not JSON: {error}.") from error
    if not isinstance(record, dict):
        raise ItemRefused("bad_record", f"not a JSON object but {type(record).__name__}.")
    return record
