import numpy as np
import pytest

from ragline.config.chunking import ChunkSettings
from ragline.preprocess.chunking.strategies.recursive import RecursiveChunker
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.preprocess.comparison.judgments import Question, SpanJudgments
from ragline.preprocess.comparison.measurement import CutCorpora, cut_corpora, measure
from ragline.preprocess.comparison.span_metrics import Span
from ragline.preprocess.comparison.table import json_table, markdown_table

JUDGMENTS = SpanJudgments(
    {"a": "x" * 100, "b": "y" * 100},
    (Question("first", "a", (Span("a", 0, 10),)), Question("second", "b", (Span("b", 50, 100),))),
)
# Six chunks, the first of corpus a, the others of b; the questions find them in opposite orders.
CUT = CutCorpora([Span("a", 0, 20), *(Span("b", n * 20, n * 20 + 20) for n in range(5))], [""] * 6, [4, 6] * 3)
CHUNKS = np.eye(6, dtype=np.float32)
QUESTIONS = np.array([[6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6]], dtype=np.float32)


def test_scores_are_means_over_questions_for_all_and_each_corpus() -> None:
    measurement = measure("cut", JUDGMENTS, CUT, CHUNKS, QUESTIONS)
    at = {(scores.corpus, scores.depth): scores for scores in measurement.scores}
    # At 5 the first question reads 100 characters, 10 of them wanted; the second 100, its 50 among them.
    assert (at["a", 5].recall, at["a", 5].precision, at["a", 5].iou) == (1.0, 0.1, 0.1)
    assert (at["b", 5].recall, at["b", 5].precision, at["b", 5].iou) == (1.0, 0.5, 0.5)
    assert at["all", 5].precision == pytest.approx(0.3)
    # At 10 both read all 120 characters. Chunks that hold some of the answers: 20 and 60 characters.
    assert at["all", 10].precision == pytest.approx((10 / 120 + 50 / 120) / 2)
    assert at["all", 10].precision_omega == pytest.approx((10 / 20 + 50 / 60) / 2)
    assert (measurement.chunks, measurement.mean_tokens) == (6, 5.0)


def test_spans_are_those_of_the_text_before_it_was_cleaned(counter: TokenCounter) -> None:
    text = "one\u200b two\r\n\r\nthree"
    chunker = RecursiveChunker(ChunkSettings(strategy="recursive", max_tokens=16, separators=("\n\n",)), counter)
    cut = cut_corpora(SpanJudgments({"a": text}, ()), chunker, heading_prefix=True)
    assert [text[span.start : span.end] for span in cut.spans] == [text]
    assert cut.inputs == ["one two\n\nthree"]


def test_tables_say_what_was_measured() -> None:
    measurement = measure("cut", JUDGMENTS, CUT, CHUNKS, QUESTIONS)
    markdown = markdown_table([measurement])
    assert "| cut | 6 | 5 | 100.0 | 30.0 | 30.0 | 100.0 | 25.0 | 25.0 | 66.7 |" in markdown
    assert "## b" in markdown
    assert '"precision_omega"' in json_table([measurement])
