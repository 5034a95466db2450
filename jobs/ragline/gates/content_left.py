"""Which of the contents that deleted documents held are there under some document at a newer version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.lake.lake import Lake
from ragline.lake.rows_by_key import keys_where, rows_by_key
from ragline.lake.tombstones import CONTENT_COLUMNS, held_content

Row = Mapping[str, Any]
Content = str | None
_COLUMNS = ("doc_id", *CONTENT_COLUMNS)
_BATCH_ROWS = 8192


@dataclass(frozen=True)
class ContentLeft:
    """The documents of a version against those of the one published last, as far as deletions need it.

    Attributes:
        gone: when each document was deleted that went since and is still gone.
        before: what each of them held when it was published; one that came later is missing.
        lost: contents by which a deletion had ended, held when it was published by a document that has changed or gone since.
        present: of the contents that deleted documents held, those that some document holds now.
        holders: (document, content) of the documents with a tombstone that are there now, with a content in ``present``.
    """

    gone: Mapping[str, datetime | None]
    before: Mapping[str, Content]
    lost: frozenset[Content]
    present: frozenset[Content]
    holders: frozenset[tuple[str, Content]]


def content_left(lake: Lake, version: int, published: int, known: Sequence[Row]) -> ContentLeft:
    """Compare ``version`` with ``published``; ``known`` are the rows of ``tombstones`` that count so far.

    What is held in memory follows the deletions, not the corpus. A pass over the column ``content_hash`` of all documents is
    made where something was deleted.
    """
    columns = [*_COLUMNS, "deleted", "deleted_at"]
    changed = lake.read(DOCUMENTS, version, columns=columns, since=published, with_deleted=True)
    there = changed.filter(pc.invert(changed["deleted"]))
    gone = {row["doc_id"]: row["deleted_at"] for row in changed.filter(changed["deleted"]).to_pylist()}
    held = [(row, held_content(row)) for row in _rows(lake, published, gone)]
    before = {row["doc_id"]: content for row, content in held}
    ended = {row["content"] for row in known if row["ended"]}
    held += _with_content(_rows(lake, published, changed["doc_id"].to_pylist() if ended else ()), ended)
    hashes = {content: row["content_hash"] for row, content in held if content is not None}
    asked = {*hashes, *(row["content"] for row in known)} - {None}
    present, holders = _among(there, asked, {row["doc_id"] for row in known})
    present |= _among_all(lake, version, {content: digest for content, digest in hashes.items() if content not in present})
    return ContentLeft(gone, before, frozenset(ended & hashes.keys()), frozenset(present), frozenset(holders))


def _rows(lake: Lake, version: int, doc_ids: Iterable[str]) -> Iterator[Row]:
    """These documents, as far as they are there at a version."""
    wanted = list(doc_ids)
    return _each(rows_by_key(lake, DOCUMENTS, version, wanted, _COLUMNS)) if wanted else iter(())


def _with_content(rows: Iterable[Row], contents: set[Content]) -> Iterator[tuple[Row, Content]]:
    """Those of the rows that hold one of these contents."""
    for row in rows:
        if (content := held_content(row)) in contents:
            yield row, content


def _among(there: pa.Table, asked: set[Content], named: set[str]) -> tuple[set[Content], set[tuple[str, Content]]]:
    present: set[Content] = set()
    holders: set[tuple[str, Content]] = set()
    for row, content in _with_content(_each(there.select(_COLUMNS)) if asked else (), asked):
        present.add(content)
        if row["doc_id"] in named:
            holders.add((row["doc_id"], content))
    return present, holders


def _among_all(lake: Lake, version: int, hashes: Mapping[Content, str]) -> set[Content]:
    """Those of the contents (each with its content hash) that any document holds, one that has not changed included."""
    if not hashes:
        return set()
    ids = keys_where(lake, DOCUMENTS, version, "content_hash", set(hashes.values()))
    return {content for _, content in _with_content(_rows(lake, version, ids), set(hashes))}


def _each(rows: pa.Table) -> Iterator[Row]:
    """The rows, with a batch of them as Python objects at a time."""
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        yield from batch.to_pylist()
