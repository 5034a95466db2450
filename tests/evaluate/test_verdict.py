from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.promotion import PromotionSettings
from ragline.evaluate.comparison import Comparison
from ragline.evaluate.verdict import evaluate_by_content, only_deletes, verdict_on
from tests.evaluate.bundles import Passage, release_of

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

RULES = PromotionSettings(tolerance=0.01)
TEA: Passage = ("tea", "Tea", (), "Green tea wants cooler water.")
COFFEE: Passage = ("coffee", "Coffee", (), "Grind the beans at once.")
CHANGED_COFFEE: Passage = ("coffee", "Coffee", (), "Grind the beans the day before.")


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


def test_a_release_that_lacks_some_of_the_champions_chunks_only_deletes(tmp_path: Path, minilm: "Encoder") -> None:
    champion = release_of(tmp_path / "champion", [TEA, COFFEE], minilm)
    release = release_of(tmp_path / "release", [TEA], minilm)
    assert only_deletes(release, champion)
    found = evaluate_by_content(release, champion)
    assert (found.verdict, found.metrics) == ("deletes_only", {})
    assert "without 1 chunks" in found.reason


def test_a_changed_text_or_nothing_changed_is_not_only_a_deletion(tmp_path: Path, minilm: "Encoder") -> None:
    champion = release_of(tmp_path / "champion", [TEA, COFFEE], minilm)
    assert not only_deletes(release_of(tmp_path / "changed", [TEA, CHANGED_COFFEE], minilm), champion)
    assert not only_deletes(release_of(tmp_path / "same", [TEA, COFFEE], minilm), champion)
