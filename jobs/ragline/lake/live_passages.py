"""Whether the corpus still holds a passage: whoever keeps the text of one (a training pair, a report) has to ask.

A passage lives while its document does and has not changed since, or while a published chunk of a document that lives has its
text hash. Deletions count as soon as ingest has committed them: they wait for no gate.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.lake.lake import Lake
from ragline.lake.publications import last_published


class PassageRef(NamedTuple):
    """What is known of a passage: its chunk's id, its document, the hash of its text, and the content hash of the document that
    it was cut from. Where only the chunk's id is known, the others are empty."""

    chunk_id: str
    doc_id: str = ""
    text_hash: str = ""
    content_hash: str = ""


def live_passages(lake: Lake, passages: Iterable[PassageRef]) -> set[PassageRef]:
    """Of these passages, those that the corpus still holds."""
    asked = set(passages)
    chunks = _published_chunks(lake, asked)
    contents = _contents(lake, {passage.doc_id for passage in asked} | set(chunks["doc_id"].to_pylist()))
    lives = pc.is_in(chunks["doc_id"], pa.array(list(contents), pa.string()))
    living = chunks.filter(lives)
    hashes, ids = set(living["text_hash"].to_pylist()), set(living["chunk_id"].to_pylist())
    return {
        passage
        for passage in asked
        if passage.chunk_id in ids
        or passage.text_hash in hashes
        or (passage.content_hash and contents.get(passage.doc_id) == passage.content_hash)
    }


def _published_chunks(lake: Lake, passages: set[PassageRef]) -> pa.Table:
    """The published chunks that have one of these ids or text hashes."""
    published = last_published(lake, CHUNKS.name)
    columns = ["chunk_id", "doc_id", "text_hash"]
    if published is None:
        return CHUNKS.schema.empty_table().select(columns)
    ids = pa.array(sorted({passage.chunk_id for passage in passages}), pa.string())
    hashes = pa.array(sorted({passage.text_hash for passage in passages} - {""}), pa.string())
    rows = lake.read(CHUNKS, published.version, columns)
    return rows.filter(pc.or_(pc.is_in(rows["chunk_id"], ids), pc.is_in(rows["text_hash"], hashes)))


def _contents(lake: Lake, documents: set[str]) -> dict[str, str]:
    """The content hash, today, of those documents that are there."""
    ids = pa.array(sorted(documents - {""}), pa.string())
    rows = lake.read(DOCUMENTS, columns=["doc_id", "content_hash"], filter=pc.is_in(pc.field("doc_id"), ids))
    return dict(zip(rows["doc_id"].to_pylist(), rows["content_hash"].to_pylist(), strict=True))
