"""What searches leave out of a release: documents that were deleted since, and passages that were withdrawn from changed ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.lake.large_columns import is_among


class Hidden:
    """Documents to leave out, and of changed documents the passages that stay (``chunk_id`` by ``doc_id``); immutable."""

    def __init__(self, documents: frozenset[str] = frozenset(), kept: Mapping[str, frozenset[str]] | None = None) -> None:
        self.documents = documents
        self.kept = dict(kept or {})
        self._rows: tuple[pa.Table | None, np.ndarray | None] = (None, None)

    def rows(self, chunks: pa.Table) -> np.ndarray | None:
        """Boolean mask of the rows of a release to leave out; None for none. Computed once for a table of chunks."""
        known, mask = self._rows
        if known is not chunks:
            mask = self._mask(chunks)
            self._rows = (chunks, mask)
        return mask

    def _mask(self, chunks: pa.Table) -> np.ndarray | None:
        if not (self.documents or self.kept):
            return None
        ids = chunks["doc_id"]
        gone = is_among(ids, pa.array(sorted(self.documents), pa.large_string()))
        if self.kept:
            changed = is_among(ids, pa.array(sorted(self.kept), pa.large_string()))
            kept = pa.array(sorted(set().union(*self.kept.values())), pa.large_string())
            gone = pc.or_(gone, pc.and_not(changed, is_among(chunks["chunk_id"], kept)))
        found: np.ndarray = gone.to_numpy()
        return found if found.any() else None


class HiddenSince:
    """Rows of ``tombstones`` in any order become what a release hides that was made of one version of ``documents``.

    Of the rows of one document and one content that counts which speaks of the newest documents, as in ``lake.tombstones``.
    """

    def __init__(self, documents_version: int) -> None:
        self._after = documents_version
        self._deletions: dict[tuple[str, str | None], tuple[tuple[int, int], bool]] = {}
        self._passages: dict[str, tuple[tuple[int, int], frozenset[str]]] = {}

    def add(self, rows: pa.Table) -> Hidden:
        """Take in rows, and return all that is hidden now."""
        for row in rows.filter(pc.greater(rows["documents_version"], self._after)).to_pylist():
            self._add(row)
        documents = frozenset(doc_id for (doc_id, _), (_, ended) in self._deletions.items() if not ended)
        return Hidden(documents, {doc_id: kept for doc_id, (_, kept) in self._passages.items()})

    def _add(self, row: Mapping[str, Any]) -> None:
        order = (row["documents_version"] if row["as_of"] is None else row["as_of"], row["seq"])
        if row["kept_chunk_ids"] is not None:
            known = self._passages.get(row["doc_id"])
            if known is None or known[0] < order:
                self._passages[row["doc_id"]] = (order, frozenset(row["kept_chunk_ids"]))
            return
        key = (row["doc_id"], row["content"])
        deletion = self._deletions.get(key)
        if deletion is None or deletion[0] < order:
            self._deletions[key] = (order, bool(row["ended"]))
