"""Shares and means of a chunked corpus, from what was counted: pure arithmetic."""

from collections.abc import Mapping

from ragline.gates.fact_counts import FactCounts

# What preprocess calls what becomes of a document.
CHUNKED, DUPLICATE, EMPTY = "chunked", "duplicate", "empty"
# What preprocess writes where no language can be told: code, tables, addresses.
UNDETERMINED = "und"


def shares(counts: FactCounts, languages: Mapping[str, int], lost: Mapping[str, int]) -> dict[str, float]:
    """Shares of documents: ``lost_share`` (without any chunk), of these ``copied_share`` (copies of another document),
    ``empty_share``, ``overlapped_share`` (each chunk a copy), ``rejected_share`` (by a filter's rule). Shares of chunks:
    ``copied_chunks_share`` (left out as copies), ``unknown_language_share``. Means: ``mean_tokens``,
    ``chunks_per_document``. Of nothing, all are 0.
    """
    documents, chunks = counts.count("documents"), counts.count("rows")
    rejected = sum(number for outcome, number in lost.items() if outcome not in (CHUNKED, DUPLICATE, EMPTY, "unknown"))
    return {
        "lost_share": _share(counts.count("lost_documents"), documents),
        "copied_share": _share(lost.get(DUPLICATE, 0), documents),
        "empty_share": _share(lost.get(EMPTY, 0), documents),
        "overlapped_share": _share(lost.get(CHUNKED, 0), documents),
        "rejected_share": _share(rejected, documents),
        "copied_chunks_share": _share(counts.count("copied_passages"), counts.count("passages")),
        "unknown_language_share": _share(languages.get(UNDETERMINED, 0), chunks),
        "mean_tokens": _share(counts.count("tokens"), chunks),
        "chunks_per_document": _share(chunks, documents - counts.count("lost_documents")),
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 6) if whole else 0.0
