"""How much of the text that answers a question was retrieved, and how little else.

Source: Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval", Chroma technical report, July 2024; released as
``chunking_evaluation`` (https://github.com/brandonstarxel/chunking_evaluation). The report speaks of tokens; its
implementation counts characters, and so does this.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Code points ``start`` to ``end`` of one corpus."""

    corpus: str
    start: int
    end: int


@dataclass(frozen=True)
class SpanScores:
    """One question's scores, each from 0 to 1."""

    recall: float
    precision: float
    iou: float


def span_scores(references: Sequence[Span], retrieved: Sequence[Span]) -> SpanScores:
    """Recall, precision and intersection over union of the retrieved chunks' text against the referenced text.

    With ``t_e`` the referenced and ``t_r`` the retrieved text: recall is |t_e ∩ t_r| / |t_e|, precision
    |t_e ∩ t_r| / |t_r|, IoU |t_e ∩ t_r| / (|t_e| + |t_r| - |t_e ∩ t_r|). Text that several chunks hold counts once in
    ``t_e ∩ t_r`` and each time in ``t_r``: what overlapping chunks repeat is a cost.
    """
    wanted = _length(_union(references))
    hit = _overlap(references, retrieved)
    read = _length(retrieved)
    if not wanted or not read:
        return SpanScores(0.0, 0.0, 0.0)
    return SpanScores(hit / wanted, hit / read, hit / (wanted + read - hit))


def precision_omega(references: Sequence[Span], chunks: Iterable[Span]) -> float:
    """The IoU that retrieval could reach at best: of all chunks that hold some of the referenced text, each counted once.

    The released code also counts a chunk that only touches a reference; here it must hold at least one character of it.
    """
    holding = _union([chunk for chunk in chunks if any(_common(chunk, reference) for reference in references)])
    hit = _overlap(references, holding)
    total = _length(_union(references)) + _length(holding) - hit
    return hit / total if total else 0.0


def _overlap(references: Sequence[Span], retrieved: Sequence[Span]) -> int:
    """Characters of the references that any of the retrieved spans holds."""
    wanted, found = _union(references), _union(retrieved)
    return sum(_common(reference, span) for reference in wanted for span in found)


def _common(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start)) if a.corpus == b.corpus else 0


def _length(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _union(spans: Iterable[Span]) -> list[Span]:
    """The same text as spans that do not overlap, in order."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.corpus, span.start)):
        last = merged[-1] if merged else None
        if last and last.corpus == span.corpus and span.start <= last.end:
            merged[-1] = Span(last.corpus, last.start, max(last.end, span.end))
        else:
            merged.append(span)
    return merged
