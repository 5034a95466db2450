import pytest

from ragline.evaluate.comparison import Comparison, compare


def test_a_constant_difference_has_an_interval_of_no_width() -> None:
    found = compare([0.5, 0.75, 1.0], [0.25, 0.5, 0.75], seed=7)
    assert found == Comparison(difference=0.25, low=0.25, high=0.25, wins=3, losses=0, ties=0)


def test_wins_losses_and_ties_are_counted_and_the_interval_holds_the_mean() -> None:
    found = compare([1.0, 0.0, 0.5, 0.5], [0.0, 0.5, 0.5, 0.5], seed=7)
    assert (found.wins, found.losses, found.ties) == (1, 1, 2)
    assert found.difference == pytest.approx(0.125)
    assert found.low < 0.125 < found.high


def test_one_seed_gives_one_interval() -> None:
    ours, theirs = [1.0, 0.0, 0.3, 0.9], [0.5, 0.5, 0.2, 1.0]
    assert compare(ours, theirs, seed=7) == compare(ours, theirs, seed=7)


def test_with_two_queries_the_interval_spans_both() -> None:
    # The mean of two draws is 0, 0.5 or 1; either end has probability 1/4, more than the 2.5% that are cut off.
    found = compare([1.0, 0.0], [0.0, 0.0], seed=7)
    assert (found.low, found.high) == (0.0, 1.0)
