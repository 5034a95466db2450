import pytest

from ragline.config.promotion import PromotionSettings
from ragline.evaluate.comparison import Comparison
from ragline.evaluate.verdict import verdict_on

RULES = PromotionSettings(tolerance=0.01)


@pytest.mark.parametrize(
    ("difference", "low", "high", "verdict"),
    [
        (0.02, -0.01, 0.05, "not_worse"),
        (-0.005, -0.02, 0.01, "not_worse"),
        (-0.011, -0.03, 0.01, "worse"),
        (-0.005, -0.008, -0.001, "worse"),
    ],
)
def test_worse_is_beyond_the_tolerance_or_beyond_chance(difference: float, low: float, high: float, verdict: str) -> None:
    found, reason = verdict_on(Comparison(difference, low, high, 1, 2, 3), RULES)
    assert found == verdict
    assert f"{difference:+.4f}" in reason
