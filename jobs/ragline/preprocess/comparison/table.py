"""A comparison as a table: as Markdown, as JSON, and its rows for a terminal."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ragline.preprocess.comparison.measurement import DEPTHS, OVERALL, Measurement, Scores

_METRICS = ("recall", "precision", "iou")
HEADER = (
    "strategy",
    "chunks",
    "tokens",
    *(f"{name} @{depth}" for depth in DEPTHS for name in ("recall", "precision", "IoU")),
    "Ω",
)
LEGEND = (
    "Percent of the text, means over questions: recall and precision of the text of the 5 and 10 chunks retrieved, intersection "
    "over union (IoU), and Ω, the IoU of all chunks that hold some of the answer. Tokens: mean size of a chunk as the encoder "
    "reads it."
)


def markdown_table(measurements: Sequence[Measurement]) -> str:
    """The overall scores and those of each corpus."""
    return "\n".join([LEGEND, "", *_section(measurements, OVERALL), *_corpora(measurements)])


def json_table(measurements: Sequence[Measurement]) -> str:
    """All scores, as they were measured."""
    return json.dumps([asdict(measurement) for measurement in measurements], indent=2)


def _corpora(measurements: Sequence[Measurement]) -> Iterator[str]:
    for corpus in dict.fromkeys(scores.corpus for scores in measurements[0].scores if scores.corpus != OVERALL):
        yield from ("", f"## {corpus}", "", *_section(measurements, corpus))


def _section(measurements: Sequence[Measurement], corpus: str) -> Iterator[str]:
    yield f"| {' | '.join(HEADER)} |"
    yield "|---|" + "---:|" * (len(HEADER) - 1)
    for measurement in measurements:
        yield f"| {' | '.join(table_row(measurement, corpus))} |"


def table_row(measurement: Measurement, corpus: str) -> list[str]:
    """The cells of a measurement for one corpus (or ``OVERALL``), under ``HEADER``."""
    by_depth = [_scores(measurement, corpus, depth) for depth in DEPTHS]
    values = [f"{100 * getattr(scores, metric):.1f}" for scores in by_depth for metric in _METRICS]
    return [
        measurement.name,
        f"{measurement.chunks:,}",
        f"{measurement.mean_tokens:.0f}",
        *values,
        f"{100 * by_depth[0].precision_omega:.1f}",
    ]


def _scores(measurement: Measurement, corpus: str, depth: int) -> Scores:
    return next(scores for scores in measurement.scores if (scores.corpus, scores.depth) == (corpus, depth))
