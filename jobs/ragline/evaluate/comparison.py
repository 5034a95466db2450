"""Two releases on the same queries: is the difference more than chance?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ragline.config.promotion import PromotionSettings

Verdict = Literal["first", "deletes_only", "unmeasured", "worse", "not_worse"]

RESAMPLES = 10_000
_TIE = 1e-9


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
    wins, losses = int((differences > _TIE).sum()), int((differences < -_TIE).sum())
    return Comparison(float(differences.mean()), float(low), float(high), wins, losses, n - wins - losses)


def judge(comparison: Comparison, rules: PromotionSettings) -> tuple[Verdict, str]:
    """The verdict on a measured comparison, and the reason as a clause."""
    said = (
        f"its {rules.metric} differs from the champion's by {comparison.difference:+.4f} "
        f"(95% interval {comparison.low:+.4f} to {comparison.high:+.4f}, "
        f"{comparison.wins} queries better, {comparison.losses} worse)"
    )
    if comparison.difference < -rules.tolerance:
        return "worse", f"{said}, more than the tolerance {rules.tolerance:g} below"
    if comparison.high < 0:
        return "worse", f"{said}, below zero beyond chance"
    return "not_worse", said
