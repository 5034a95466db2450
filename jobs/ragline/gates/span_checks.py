"""Check the spans of chunks against the texts of the documents that they were cut from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa

from ragline.gates.document_texts import DocumentTexts
from ragline.gates.fact_counts import FactCounts


@dataclass(frozen=True)
class CheckSpans:
    """Facts: ``invalid_spans``, ``span_mismatches``, ``broken_alignments``. A span counts code points.

    0 <= start < end <= the document's length. Where nothing was cleaned (the alignment is null) the chunk's text is the
    document's at its span; elsewhere the alignment leads from one end of the chunk and its span to the other.
    """

    documents_uri: str
    columns: tuple[str, ...] = ("chunk_id", "text", "span_start", "span_end", "alignment")

    def __call__(self) -> "_SpanCheck":
        """Runs in executors, or here."""
        return _SpanCheck(self.documents_uri, self.columns)


class _SpanCheck:
    def __init__(self, documents_uri: str, columns: tuple[str, ...]) -> None:
        self._texts, self._columns = DocumentTexts(documents_uri), columns

    def __call__(self, rows: pa.RecordBatch, documents: pa.RecordBatch, counts: FactCounts) -> None:
        texts = self._texts.at(zip(*(column.to_pylist() for column in documents.columns), strict=True))
        found: dict[str, list[str]] = {"invalid_spans": [], "span_mismatches": [], "broken_alignments": []}
        values = zip(*(rows[name].to_pylist() for name in self._columns), texts, strict=True)
        for chunk_id, text, start, end, alignment, document in values:
            if document is not None and (problem := span_problem(text, start, end, alignment, document)):
                found[problem].append(chunk_id)
        for fact, keys in found.items():
            counts.add_rows(fact, keys)


def span_problem(text: str | None, start: int | None, end: int | None, alignment: Sequence[int] | None, document: str) -> str:
    """The fact that a chunk counts for, or nothing."""
    if start is None or end is None or not 0 <= start < end <= len(document):
        return "invalid_spans"
    if alignment is None:
        return "" if text == document[start:end] else "span_mismatches"
    points = list(zip(alignment[::2], alignment[1::2], strict=False))
    whole = len(alignment) % 2 == 0 and [points[0], points[-1]] == [(0, start), (len(text or ""), end)] if points else False
    return "" if whole and all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(points)) else "broken_alignments"
