from collections.abc import Sequence

import numpy as np

from ragline.retrieval.ranking import top_rows


class Scores:
    """A search over given scores that breaks ties by the larger row, which no caller may notice."""

    def __init__(self, scores: Sequence[float]) -> None:
        self.scores = scores
        self.depths: list[int] = []

    def __call__(self, depth: int) -> tuple[list[int], list[float]]:
        self.depths.append(depth)
        rows = sorted(range(len(self.scores)), key=lambda row: (-self.scores[row], -row))[:depth]
        return rows, [self.scores[row] for row in rows]


def test_ties_at_the_edge_go_to_the_smaller_rows_however_many_there_are() -> None:
    fetch = Scores([1.0] * 500 + [2.0])

    assert top_rows(fetch, 3, 501) == [(500, 2.0), (0, 1.0), (1, 1.0)]
    assert fetch.depths[-1] == 501


def test_hidden_rows_are_replaced_by_the_next_best() -> None:
    hidden = np.array([True] * 40 + [False] * 60)

    found = top_rows(Scores([100.0 - row for row in range(100)]), 2, 100, hidden)

    assert found == [(40, 60.0), (41, 59.0)]


def test_one_search_is_enough_where_nothing_is_hidden_and_nothing_ties() -> None:
    fetch = Scores([float(row) for row in range(100)])

    assert [row for row, _ in top_rows(fetch, 2, 100)] == [99, 98]
    assert len(fetch.depths) == 1


def test_fewer_rows_than_asked_for() -> None:
    assert top_rows(Scores([0.5, 0.7]), 10, 2) == [(1, 0.7), (0, 0.5)]
    assert top_rows(Scores([]), 10, 0) == []
