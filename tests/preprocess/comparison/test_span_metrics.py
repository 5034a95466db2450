"""Expected values are worked out by hand from the definitions in the report."""

import pytest

from ragline.preprocess.comparison.span_metrics import Span, precision_omega, span_scores


def spans(*ranges: tuple[int, int], corpus: str = "a") -> list[Span]:
    return [Span(corpus, start, end) for start, end in ranges]


def test_one_chunk_that_holds_half_of_the_reference() -> None:
    # Wanted 10-30 (20), read 20-60 (40), common 20-30 (10): recall 10/20, precision 10/40, IoU 10/(20+40-10).
    scores = span_scores(spans((10, 30)), spans((20, 60)))
    assert (scores.recall, scores.precision, scores.iou) == (0.5, 0.25, 0.2)


def test_several_references_and_chunks() -> None:
    # Wanted 0-10 and 100-130 (40); read 0-20 and 110-140 and 200-250 (100); common 10 + 20.
    scores = span_scores(spans((0, 10), (100, 130)), spans((0, 20), (110, 140), (200, 250)))
    assert (scores.recall, scores.precision, scores.iou) == (0.75, 0.3, pytest.approx(30 / 110))


def test_text_that_two_chunks_hold_is_found_once_and_paid_for_twice() -> None:
    # Wanted 0-10; read 0-20 twice: recall 10/10, precision 10/40, IoU 10/(10+40-10).
    scores = span_scores(spans((0, 10)), spans((0, 20), (0, 20)))
    assert (scores.recall, scores.precision, scores.iou) == (1.0, 0.25, 0.25)


def test_chunks_of_another_corpus_cost_precision_only() -> None:
    scores = span_scores(spans((0, 10)), [*spans((0, 10)), *spans((0, 30), corpus="b")])
    assert (scores.recall, scores.precision, scores.iou) == (1.0, 0.25, 0.25)


def test_nothing_found() -> None:
    assert span_scores(spans((0, 10)), spans((10, 20))).recall == 0.0
    assert span_scores(spans((0, 10)), []).iou == 0.0


def test_precision_omega_takes_every_chunk_that_holds_some_of_the_reference() -> None:
    # Chunks 0-20 and 20-40 hold some of 10-25 (15 of their 40); 40-60 holds none.
    assert precision_omega(spans((10, 25)), spans((0, 20), (20, 40), (40, 60))) == 15 / 40


def test_precision_omega_counts_overlapping_chunks_once_and_what_no_chunk_holds() -> None:
    # Chunks 0-20 and 10-30 are 30 characters; 5 of the reference 25-35 are in none: 5 / (30 + 5).
    assert precision_omega(spans((25, 35)), spans((0, 20), (10, 30))) == pytest.approx(5 / (20 + 5))
    assert precision_omega(spans((15, 35)), spans((0, 20), (10, 30))) == pytest.approx(15 / (30 + 5))
