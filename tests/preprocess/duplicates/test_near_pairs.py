"""What is dropped for what, on hand-made graphs."""

from typing import Any

import pytest

from ragline.preprocess.duplicates.near_pairs import LEADERS, candidate_pairs, drop_near_copies

pytestmark = pytest.mark.spark

NODES = "hash string, words int, bands array<bigint>"
EDGES = "first string, second string, score double"


def dropped(spark: Any, *edges: tuple[str, str, float]) -> dict[str, tuple[str, float]]:
    found = drop_near_copies(spark.createDataFrame(list(edges), EDGES))
    return {row["hash"]: (row["kept_hash"], row["score"]) for row in found.collect()}


def test_a_copy_goes_for_the_text_before_it(spark: Any) -> None:
    assert dropped(spark, ("a", "b", 0.9)) == {"b": ("a", 0.9)}


def test_nothing_goes_for_a_text_that_goes_itself(spark: Any) -> None:
    # b is a copy of a, and c of b alone: c stays.
    assert dropped(spark, ("a", "b", 0.9), ("b", "c", 0.9)) == {"b": ("a", 0.9)}
    # Longer: c stays, so d goes for it, and e stays again.
    chain = [("a", "b", 0.9), ("b", "c", 0.9), ("c", "d", 0.8), ("d", "e", 0.9)]
    assert dropped(spark, *chain) == {"b": ("a", 0.9), "d": ("c", 0.8)}


def test_of_two_originals_the_nearer_one_is_named(spark: Any) -> None:
    assert dropped(spark, ("a", "c", 0.8), ("b", "c", 0.9)) == {"c": ("b", 0.9)}
    assert dropped(spark, ("a", "c", 0.8), ("b", "c", 0.8)) == {"c": ("a", 0.8)}


def test_no_pairs_no_drops(spark: Any) -> None:
    assert drop_near_copies(spark.createDataFrame([], EDGES)) is None


def test_texts_that_share_a_band_are_compared_the_longest_first(spark: Any) -> None:
    nodes = [("a", 10, [1, 2]), ("b", 30, [2, 3]), ("c", 20, [3, 4]), ("d", 5, [9])]
    pairs = candidate_pairs(spark.createDataFrame(nodes, NODES)).collect()
    assert sorted((row["first"], row["second"]) for row in pairs) == [("b", "a"), ("b", "c")]


def test_ten_thousand_texts_in_one_bucket_cost_a_few_comparisons_each(spark: Any) -> None:
    nodes = [(f"{number:05}", 10, [7]) for number in range(10_000)]
    pairs = candidate_pairs(spark.createDataFrame(nodes, NODES))
    assert pairs.count() == sum(10_000 - 1 - leader for leader in range(LEADERS))
