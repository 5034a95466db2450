"""List a source as a table: the columns that the diff compares, and the item itself, to be opened in any process."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import doc_id, fingerprint
from ragline.ingest.item import Item, Refusal
from ragline.ingest.source import Listing, Source
from ragline.ingest.sync.rows import item_columns
from ragline.runtime.progress import progress
from ragline.spark.schemas import ddl

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LISTED = pa.schema(
    [
        ("doc_id", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("change_marker", pa.string()),
        ("metadata_hash", pa.string()),
        ("size", pa.int64()),
        ("item", pa.string()),  # ``Item.to_json``
    ]
)
_ROWS_PER_BATCH = 10_000

Row = dict[str, Any]


def list_here(source: Source[Any], listing: Listing, sample: int | None) -> pa.Table:
    """List a source (``LISTED``) in this process, with progress.

    Raises:
        SourceError: the listing cannot be completed.
    """
    batches = []
    with progress(f"listing {source.name}", None) as advance:
        for batch in _batches(source, listing, sample):
            batches.append(batch)
            advance(batch.num_rows)
    return pa.Table.from_batches(batches, LISTED)


def list_in_spark(
    spark: "SparkSession", source: Source[Any], listing: Listing, sample: int | None
) -> tuple[pa.Table, Mapping[str, str]]:
    """List a source in an executor, so that what a listing has to read does not pass through the driver.

    Also returns the ``facts`` of the listing: the driver's own instance of the source does not have them.
    """

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield from _batches(source, listing, sample)
        yield pa.RecordBatch.from_pylist([{"item": json.dumps(dict(source.facts()))}], schema=LISTED)

    rows = spark.range(1).coalesce(1).mapInArrow(work, ddl(LISTED)).toArrow().cast(LISTED)
    is_item = pc.is_valid(rows["doc_id"])
    (facts,) = rows.filter(pc.invert(is_item))["item"].to_pylist()
    return rows.filter(is_item), json.loads(facts)


def _batches(source: Source[Any], listing: Listing, sample: int | None) -> Iterator[pa.RecordBatch]:
    rows: list[Row] = []
    for document, item in _items(source, listing, sample):
        rows.append(_row(source, document, item))
        if len(rows) == _ROWS_PER_BATCH:
            yield pa.RecordBatch.from_pylist(rows, schema=LISTED)
            rows = []
    yield pa.RecordBatch.from_pylist(rows, schema=LISTED)


def _items(source: Source[Any], listing: Listing, sample: int | None) -> Iterator[tuple[str, Item]]:
    """Items with their document ids. One whose id was listed before is refused under another id: two rows of one document in
    one commit would contradict each other."""
    seen: set[str] = set()
    for item in islice(source.items(listing), sample):
        document = doc_id(source.name, item.key)
        if document in seen:
            document, item = next(
                (named, other) for other in _told_apart(item) if (named := doc_id(source.name, other.key)) not in seen
            )
        seen.add(document)
        yield document, item


def _told_apart(item: Item) -> Iterator[Item]:
    """The item as a duplicate, told from others by what it is, not by where in the listing it stands; equal ones are numbered."""
    why = Refusal("duplicate_id", f"The id {item.source_id!r} was listed before; the first one was taken.")
    digest = fingerprint({**asdict(item), "locator": "", "size": None})
    for number in count(1):
        yield replace(item, duplicate=digest if number == 1 else f"{digest}-{number}", change_marker="", refusal=why)


def _row(source: Source[Any], document: str, item: Item) -> Row:
    return {
        "doc_id": document,
        "source": source.name,
        "source_id": item.key,
        "change_marker": item.change_marker,
        "metadata_hash": item_columns(source, item)["metadata_hash"],
        "size": item.size,
        "item": item.to_json(),
    }
