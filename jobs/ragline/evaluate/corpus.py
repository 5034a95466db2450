"""A release as evaluation sees it: which documents it holds, and which of them another release holds too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DUPLICATES
from ragline.evaluate.query import Query
from ragline.lake.lake import Lake
from ragline.retrieval.bundle import Bundle


@dataclass(frozen=True)
class Corpus:
    """An opened release. A copy that was dropped counts as the document that was kept for it (``kept_for``)."""

    version: int
    bundle: Bundle
    kept_for: Mapping[str, str]

    @cached_property
    def chunks(self) -> pa.Table:
        """The release's chunks, in row order."""
        return self.bundle.chunks()

    @cached_property
    def row_documents(self) -> list[str]:
        """The document of each row."""
        return [self.kept_for.get(doc, doc) for doc in self.chunks["doc_id"].to_pylist()]

    @cached_property
    def documents(self) -> frozenset[str]:
        """The documents that can be found."""
        return frozenset(self.row_documents)

    @cached_property
    def source_ids(self) -> dict[str, str]:
        """Each document's id at its source."""
        return dict(zip(self.row_documents, self.chunks["source_id"].to_pylist(), strict=True))

    @cached_property
    def chunk_set(self) -> frozenset[tuple[str, str]]:
        """(chunk_id, text_hash) of every chunk."""
        return frozenset(zip(self.chunks["chunk_id"].to_pylist(), self.chunks["text_hash"].to_pylist(), strict=True))

    def not_among(self, documents: Iterable[str]) -> frozenset[str]:
        """The doc_ids of this release that are none of these documents."""
        wanted = frozenset(documents)
        rows = zip(self.chunks["doc_id"].to_pylist(), self.row_documents, strict=True)
        return frozenset(stored for stored, document in rows if document not in wanted)


def kept_for(lake: Lake) -> dict[str, str]:
    """For each dropped copy the document that stands for it, chains followed to their end."""
    documents = pc.field("level") == "document"
    rows = lake.read(DUPLICATES, columns=["dropped_id", "kept_id"], filter=documents).to_pylist()
    direct = {row["dropped_id"]: row["kept_id"] for row in rows}
    return {dropped: _end_of(dropped, direct) for dropped in direct}


def _end_of(start: str, direct: Mapping[str, str]) -> str:
    seen, at = {start}, start
    while at in direct and direct[at] not in seen:
        at = direct[at]
        seen.add(at)
    return at


def judged_in(queries: Iterable[Query], documents: frozenset[str]) -> list[Query]:
    """The queries with a relevant document among these, judged on those alone."""
    kept = []
    for query in queries:
        relevant = {doc: grade for doc, grade in query.relevant.items() if doc in documents}
        if relevant:
            kept.append(Query(query.query_id, query.text, query.origin, relevant))
    return kept
