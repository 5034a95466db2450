"""Compare two releases on the same queries: by how much they differ, and whether that is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
# Below this, two values of a metric are equal but for rounding.
_EQUAL = 1e-9


@dataclass(frozen=True)
class Comparison:
    """Paired over queries: release minus champion. ``low`` and ``high`` bound the mean difference with 95% confidence."""

    difference: float
    low: float
    high: float
    wins: int
    losses: int
    ties: int


def compare(release: Sequence[float], champion: Sequence[float], seed: int) -> Comparison:
    """Compare one metric, query by query; the interval is a percentile bootstrap over queries.

    Method: Sakai, "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006.
    """
    differences = np.asarray(release, dtype=np.float64) - np.asarray(champion, dtype=np.float64)
    rng = np.random.default_rng(seed)
    n = len(differences)
    resampled = [differences[rng.integers(0, n, n)].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(resampled, [2.5, 97.5])
    wins, losses = int((differences > _EQUAL).sum()), int((differences < -_EQUAL).sum())
    return Comparison(float(differences.mean()), float(low), float(high), wins, losses, n - wins - losses)
