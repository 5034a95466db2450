"""Reciprocal rank fusion: one ranking out of several whose scores cannot be compared."""

from collections import defaultdict
from collections.abc import Iterable, Sequence


def reciprocal_rank_fusion(rankings: Iterable[Sequence[int]], rrf_k: int = 60) -> list[tuple[int, float]]:
    """Items with their fused scores, best first; ties by the smaller item.

    score(item) = sum over the rankings that hold it of 1 / (rrf_k + rank), ranks from 1.
    Cormack, Clarke and Büttcher: Reciprocal rank fusion outperforms Condorcet and individual rank learning methods,
    SIGIR 2009.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] += 1.0 / (rrf_k + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
