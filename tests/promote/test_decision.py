import pytest

from ragline.config.promotion import PromotionSettings
from ragline.promote.decision import JudgedRelease, decide


@pytest.mark.parametrize("verdict", ["first", "not_worse", "deletes_only", "moves_only"])
def test_a_good_verdict_promotes(verdict: str) -> None:
    assert decide(JudgedRelease(verdict), PromotionSettings(), approved=False).action == "promoted"


@pytest.mark.parametrize("approved", [False, True])
def test_a_worse_release_is_refused_whoever_approves(approved: bool) -> None:
    decision = decide(JudgedRelease("worse", "nDCG@10 fell from 0.90 to 0.70"), PromotionSettings(), approved=approved)

    assert decision.action == "refused"
    assert decision.why == "nDCG@10 fell from 0.90 to 0.70"


@pytest.mark.parametrize(
    ("verdict", "score", "action"),
    [
        ("first", 0.79, "refused"),
        ("first", 0.8, "promoted"),
        ("not_worse", 0.1, "refused"),
        ("deletes_only", 0.1, "promoted"),
        ("moves_only", 0.1, "promoted"),
    ],
)
def test_the_floor_holds_for_all_but_deletions(verdict: str, score: float, action: str) -> None:
    release = JudgedRelease(verdict, metrics={"nDCG@10": score})

    assert decide(release, PromotionSettings(floor=0.8), approved=True).action == action


def test_a_floor_without_a_measure_refuses() -> None:
    decision = decide(JudgedRelease("first"), PromotionSettings(floor=0.8), approved=False)

    assert (decision.action, decision.why) == ("refused", "promotion.floor is 0.8 but its nDCG@10 was not measured")


@pytest.mark.parametrize(
    ("rule", "approved", "action"),
    [
        ("ask", False, "needs_approval"),
        ("ask", True, "promoted"),
        ("promote", False, "promoted"),
        ("refuse", False, "refused"),
        ("refuse", True, "refused"),
    ],
)
def test_the_rule_for_unmeasured_releases(rule: str, approved: bool, action: str) -> None:
    rules = PromotionSettings.model_validate({"on_unmeasured": rule})

    assert decide(JudgedRelease("unmeasured", "only 3 queries"), rules, approved=approved).action == action


@pytest.mark.parametrize("verdict", ["first", "not_worse", "deletes_only", "moves_only"])
def test_in_manual_mode_a_person_decides(verdict: str) -> None:
    rules = PromotionSettings(mode="manual")

    assert decide(JudgedRelease(verdict), rules, approved=False).action == "needs_approval"
    assert decide(JudgedRelease(verdict), rules, approved=True).action == "promoted"


def test_a_release_once_rolled_back_waits_for_a_person() -> None:
    release = JudgedRelease("not_worse", rolled_back="wrong prices")

    decision = decide(release, PromotionSettings(), approved=False)

    assert (decision.action, decision.why) == ("needs_approval", "it was rolled back (wrong prices)")
    assert decide(release, PromotionSettings(), approved=True).action == "promoted"
