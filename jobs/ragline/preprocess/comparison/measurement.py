"""Measure one way of cutting corpora into chunks by what is retrieved of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from ragline.contracts.chunk_text import encoder_input
from ragline.preprocess.chunking.chunker import Chunker
from ragline.preprocess.cleaning.normalise import normalise
from ragline.preprocess.comparison.judgments import SpanJudgments
from ragline.preprocess.comparison.span_metrics import Span, SpanScores, precision_omega, span_scores

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Vectors

DEPTHS = (5, 10)
OVERALL = "all"


@dataclass(frozen=True)
class CutCorpora:
    """All chunks of all corpora: where they stand, what the encoder reads of them, and how many tokens that is."""

    spans: list[Span]
    inputs: list[str]
    tokens: list[int]


@dataclass(frozen=True)
class Scores:
    """Means over questions, for one corpus or all, at one depth, each from 0 to 1."""

    corpus: str
    depth: int
    recall: float
    precision: float
    iou: float
    precision_omega: float


@dataclass(frozen=True)
class Measurement:
    """What was found out about one way of cutting."""

    name: str
    chunks: int
    mean_tokens: float
    scores: tuple[Scores, ...]

    def overall(self, depth: int) -> Scores:
        """Over all questions."""
        return next(scores for scores in self.scores if scores.corpus == OVERALL and scores.depth == depth)


def cut_corpora(judgments: SpanJudgments, chunker: Chunker, *, heading_prefix: bool) -> CutCorpora:
    """Clean and cut each corpus as a document without a title."""
    cut = CutCorpora([], [], [])
    for name, original in judgments.corpora.items():
        cleaned = normalise(original)
        for passage in chunker.chunk(cleaned.text, ""):
            text = cleaned.text[passage.start : passage.end]
            cut.spans.append(Span(name, cleaned.origin_of_start(passage.start), cleaned.origin_of_end(passage.end)))
            cut.inputs.append(encoder_input("", passage.heading_path, text, heading_prefix=heading_prefix))
            cut.tokens.append(passage.token_count)
    return cut


def measure(name: str, judgments: SpanJudgments, cut: CutCorpora, chunks: "Vectors", questions: "Vectors") -> Measurement:
    """Retrieve for each question the chunks with the most similar vectors, of all corpora, and score their text."""
    import numpy as np

    # Equal scores in the order of the text, on every machine.
    ranked = np.argsort(-(questions @ chunks.T), axis=1, kind="stable")[:, : max(DEPTHS)]
    omegas = [precision_omega(question.references, _of(cut.spans, question.corpus)) for question in judgments.questions]
    scores = []
    for depth in DEPTHS:
        each = [
            span_scores(question.references, [cut.spans[row] for row in rows[:depth]])
            for question, rows in zip(judgments.questions, ranked, strict=True)
        ]
        scores += _means(judgments, depth, each, omegas)
    return Measurement(name, len(cut.spans), fmean(cut.tokens) if cut.tokens else 0.0, tuple(scores))


def _of(spans: Sequence[Span], corpus: str) -> list[Span]:
    return [span for span in spans if span.corpus == corpus]


def _means(judgments: SpanJudgments, depth: int, each: Sequence[SpanScores], omegas: Sequence[float]) -> list[Scores]:
    found = []
    for corpus in (OVERALL, *judgments.corpora):
        rows = [n for n, question in enumerate(judgments.questions) if corpus in (OVERALL, question.corpus)]

        def mean(value: Callable[[int], float], rows: list[int] = rows) -> float:
            return fmean(map(value, rows))

        found.append(
            Scores(
                corpus,
                depth,
                mean(lambda n: each[n].recall),
                mean(lambda n: each[n].precision),
                mean(lambda n: each[n].iou),
                mean(lambda n: omegas[n]),
            )
        )
    return found
