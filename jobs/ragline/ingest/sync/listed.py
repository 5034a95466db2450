"""What the sources list, as a table: what has to be known to decide, and the item itself to be opened elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pyarrow as pa

from ragline.config.sources import SourceSettings
from ragline.contracts.fingerprints import doc_id
from ragline.ingest.item import Item, Refusal
from ragline.ingest.source import Listing, Source
from ragline.ingest.sync.rows import attributes
from ragline.runtime.progress import progress

LISTED = pa.schema(
    [
        ("doc_id", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("change_marker", pa.string()),
        ("metadata_hash", pa.string()),
        ("size", pa.int64()),
        ("item", pa.string()),
    ]
)
LISTED_DDL = (
    "doc_id string, source string, source_id string, change_marker string, metadata_hash string, size bigint, item string"
)
_ROWS_PER_BATCH = 10_000

Row = dict[str, Any]


@dataclass(frozen=True)
class ConfiguredSource:
    """A source and what the configuration says of all its documents. Plain data: it goes to executors."""

    source: Source[Any]
    settings: SourceSettings

    @property
    def name(self) -> str:
        """The source's name."""
        return self.settings.name

    def attributes(self, item: Item) -> Row:
        """The columns of an item's documents that are known before it is read."""
        return attributes(self.name, item, self.settings.tenant, self.settings.access_labels)

    def batches(self, listing: Listing, sample: int | None) -> Iterator[pa.RecordBatch]:
        """List it to its end, some rows at a time.

        Raises:
            SourceError: the listing cannot be completed.
        """
        rows: list[Row] = []
        for document, item in self._items(listing, sample):
            rows.append(self._row(document, item))
            if len(rows) == _ROWS_PER_BATCH:
                yield pa.RecordBatch.from_pylist(rows, schema=LISTED)
                rows = []
        yield pa.RecordBatch.from_pylist(rows, schema=LISTED)

    def _items(self, listing: Listing, sample: int | None) -> Iterator[tuple[str, Item]]:
        """Items with their ids; an id that comes again makes an item of its own, to be refused."""
        seen: set[str] = set()
        for number, item in enumerate(islice(self.source.items(listing), sample), start=1):
            if (document := doc_id(self.name, item.source_id)) in seen:
                why = Refusal("duplicate_id", f"The id {item.source_id!r} was listed before; the first one was taken.")
                item = replace(item, source_id=f"{item.source_id}#{number}", change_marker="", refusal=why)
                document = doc_id(self.name, item.source_id)
            seen.add(document)
            yield document, item

    def _row(self, document: str, item: Item) -> Row:
        return {
            "doc_id": document,
            "source": self.name,
            "source_id": item.source_id,
            "change_marker": item.change_marker,
            "metadata_hash": self.attributes(item)["metadata_hash"],
            "size": item.size,
            "item": item.to_json(),
        }


def list_here(configured: ConfiguredSource, listing: Listing, sample: int | None) -> pa.Table:
    """List a source in this process, with progress."""
    found = []
    with progress(f"listing {configured.name}", None) as advance:
        for batch in configured.batches(listing, sample):
            found.append(batch)
            advance(batch.num_rows)
    return pa.Table.from_batches(found, LISTED)
