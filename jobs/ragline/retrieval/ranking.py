"""The exact top k of a search that knows nothing of hidden rows and breaks ties as it likes."""

from collections.abc import Callable, Sequence

import numpy as np

Ranked = list[tuple[int, float]]
Fetch = Callable[[int], tuple[Sequence[int], Sequence[float]]]

# Asked for beyond k at once, so that a tie at the edge or a few hidden rows do not need a second search.
SLACK = 16


def top_rows(fetch: Fetch, k: int, total: int, hidden: np.ndarray | None = None) -> Ranked:
    """The k best (row, score), best first, equal scores by row, hidden rows left out.

    ``fetch(depth)`` gives the ``depth`` best rows and their scores, best first; it is asked for more until everything
    that ties with the k-th row has been seen. ``hidden`` is a boolean mask over all ``total`` rows.
    """
    depth = min(total, k + SLACK)
    while depth:
        rows, scores = fetch(depth)
        seen = [(int(row), float(score)) for row, score in zip(rows, scores, strict=True) if row >= 0]
        kept = [pair for pair in seen if hidden is None or not hidden[pair[0]]]
        exhausted = depth == total or len(seen) < depth
        if exhausted or (len(kept) >= k and seen[-1][1] < kept[k - 1][1]):
            return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:k]
        depth = min(total, 4 * depth)
    return []
