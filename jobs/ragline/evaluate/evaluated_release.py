"""An opened release, by the documents it holds: what is evaluated are documents, what a release stores are chunks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS, DUPLICATES
from ragline.lake.lake import Lake
from ragline.retrieval.bundle import Bundle


@dataclass(frozen=True)
class EvaluatedRelease:
    """A release and the documents of its rows.

    ``originals`` maps the doc_id of a dropped copy to that of the document kept in its place; the copy counts as that document.
    """

    version: int
    bundle: Bundle
    originals: Mapping[str, str]

    @cached_property
    def chunks(self) -> pa.Table:
        """The release's chunks, in row order."""
        return self.bundle.chunks()

    @property
    def documents_version(self) -> int:
        """The version of ``documents`` that its chunks were cut from."""
        return self.bundle.manifest.inputs[DOCUMENTS.name]

    @cached_property
    def row_documents(self) -> list[str]:
        """The document of each row, by doc_id; that of the original for a copy."""
        # A release built earlier may hold what is a copy today. Judgments and the other release name the original.
        return [self.originals.get(doc, doc) for doc in self.chunks["doc_id"].to_pylist()]

    @cached_property
    def documents(self) -> frozenset[str]:
        """The documents that a search of this release can find."""
        return frozenset(self.row_documents)

    @cached_property
    def source_ids(self) -> dict[str, str]:
        """Each document's id at its source."""
        return dict(zip(self.row_documents, self.chunks["source_id"].to_pylist(), strict=True))

    def doc_ids_outside(self, documents: Iterable[str]) -> frozenset[str]:
        """The doc_ids, as the chunks have them, of all documents but these."""
        wanted = frozenset(documents)
        rows = zip(self.chunks["doc_id"].to_pylist(), self.row_documents, strict=True)
        return frozenset(stored for stored, document in rows if document not in wanted)


def read_originals(lake: Lake) -> dict[str, str]:
    """For each dropped copy of a document, the document kept in its place, by doc_id."""
    documents = pc.field("level") == "document"
    rows = lake.read(DUPLICATES, columns=["dropped_id", "kept_id"], filter=documents).to_pylist()
    direct = {row["dropped_id"]: row["kept_id"] for row in rows}
    return {dropped: _last_of_chain(dropped, direct) for dropped in direct}


def _last_of_chain(start: str, direct: Mapping[str, str]) -> str:
    # A kept document may have become a copy of a third one since, and two may even name each other.
    seen, at = {start}, start
    while at in direct and direct[at] not in seen:
        at = direct[at]
        seen.add(at)
    return at
