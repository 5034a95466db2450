"""Get an exact, stably ordered top k from an index that cannot hide rows and orders equal scores arbitrarily."""

from collections.abc import Callable, Sequence

import numpy as np

Ranked = list[tuple[int, float]]
Fetch = Callable[[int], tuple[Sequence[int], Sequence[float]]]

# Rows asked for beyond k: with them a tie at the last place, or a few hidden rows, seldom need a second search.
SLACK = 16


def top_rows(fetch: Fetch, k: int, total: int, hidden: np.ndarray | None = None) -> Ranked:
    """Get the k best pairs of row and score that are not hidden, best first, and by row number where scores are equal.

    ``fetch(depth)`` searches the index: it returns the ``depth`` best rows and their scores, best first, and -1 for a row that
    it lacks. It is called with a greater depth until every row with the score of the k-th is among its answer.
    ``hidden`` is a boolean mask over all ``total`` rows.
    """
    depth = min(total, k + SLACK)
    while depth:
        rows, scores = fetch(depth)
        seen = [(int(row), float(score)) for row, score in zip(rows, scores, strict=True) if row >= 0]
        kept = [pair for pair in seen if hidden is None or not hidden[pair[0]]]
        # Only a lower score after the k-th shows that no further row ties with it.
        exhausted = depth == total or len(seen) < depth
        if exhausted or (len(kept) >= k and seen[-1][1] < kept[k - 1][1]):
            return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:k]
        depth = min(total, 4 * depth)
    return []
