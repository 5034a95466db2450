from math import log2

import pytest

from ragline.evaluate.metrics import means, score
from ragline.evaluate.query import Query

QUERIES = [
    Query("q1", "one", "judgments", {"a": 1}),
    Query("q2", "two", "judgments", {"b": 1, "c": 1}),
    Query("q3", "three", "judgments", {"d": 1}),
]
RANKINGS = {"q1": ["a", "x"], "q2": ["x", "b", "y", "c"], "q3": []}


def test_metrics_are_those_computed_by_hand() -> None:
    scores = score(QUERIES, RANKINGS)
    ideal = 1 + 1 / log2(3)
    assert scores["nDCG@10"] == pytest.approx([1.0, (1 / log2(3) + 1 / log2(5)) / ideal, 0.0])
    assert scores["R@10"] == pytest.approx([1.0, 1.0, 0.0])
    assert scores["RR@10"] == pytest.approx([1.0, 0.5, 0.0])


def test_a_document_below_rank_ten_counts_for_nothing() -> None:
    ranking = [f"x{i}" for i in range(10)] + ["a"]
    scores = score(QUERIES[:1], {"q1": ranking})
    assert scores == {"nDCG@10": [0.0], "R@10": [0.0], "RR@10": [0.0]}


def test_means_are_over_queries_and_absent_without_any() -> None:
    assert means({"RR@10": [1.0, 0.5, 0.0]}) == {"RR@10": 0.5}
    assert means({"RR@10": []}) == {}
