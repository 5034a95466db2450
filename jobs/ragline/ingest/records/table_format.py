"""The protocol of a file format of tables: list its records, find them again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.records.fields import Record


@dataclass(frozen=True)
class LocatedRecord:
    """A record, or its refusal, and where in the file it is.

    ``marker`` is a hash of the record; ``place`` is for people: "line 7".
    """

    place: str
    locator: str
    marker: str
    record: Record | ItemRefused


class TableFormat(Protocol):
    """Reads the records of an open file. Raises ``ValueError`` for a file that is no such table at all."""

    def scan(self, stream: IO[bytes]) -> Iterator[LocatedRecord]:
        """Every record, in the order of the file."""

    def find(self, stream: IO[bytes], items: Iterable[Item]) -> Iterator[tuple[Item, LocatedRecord]]:
        """The records at the items' locators, in the order that costs least. If the file changed they are others, which their
        markers show."""
