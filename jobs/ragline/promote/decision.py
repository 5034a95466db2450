"""Whether a release may serve: a pure function of its verdict and the pipeline's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ragline.config.promotion import PromotionSettings

Outcome = Literal["promoted", "refused", "needs_approval"]


@dataclass(frozen=True)
class Judged:
    """What is known of a release when somebody wants to promote it.

    ``verdict`` is first, not_worse, worse, deletes_only or unmeasured; ``rolled_back`` says why it was once taken back.
    """

    verdict: str
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    rolled_back: str = ""


@dataclass(frozen=True)
class Decision:
    """What to do, and why as a clause that completes "release N …, because"."""

    outcome: Outcome
    why: str


def decide(judged: Judged, rules: PromotionSettings, *, approved: bool) -> Decision:
    """Promote, refuse, or ask a person. Approval answers a question; it does not overrule a refusal.

    A release that only deletes is not held to the floor: what must go should not wait for quality.
    """
    if refusal := _refusal(judged, rules):
        return Decision("refused", refusal)
    question = _question(judged, rules)
    if question and not approved:
        return Decision("needs_approval", question)
    return Decision("promoted", judged.reason or f"the verdict is {judged.verdict}")


def _refusal(judged: Judged, rules: PromotionSettings) -> str:
    if judged.verdict == "worse":
        return judged.reason or "it is worse than the champion"
    if judged.verdict == "unmeasured":
        because = judged.reason or "its quality could not be measured"
        return f"{because} and promotion.on_unmeasured is refuse" if rules.on_unmeasured == "refuse" else ""
    score = judged.metrics.get(rules.metric)
    if rules.floor is None or judged.verdict == "deletes_only":
        return ""
    if score is None:
        return f"promotion.floor is {rules.floor} but its {rules.metric} was not measured"
    return f"its {rules.metric} is {score:.4f}, below promotion.floor {rules.floor}" if score < rules.floor else ""


def _question(judged: Judged, rules: PromotionSettings) -> str:
    if judged.rolled_back:
        return f"it was rolled back ({judged.rolled_back})"
    if rules.mode == "manual":
        return "promotion.mode is manual"
    if judged.verdict == "unmeasured" and rules.on_unmeasured == "ask":
        return f"{judged.reason or 'its quality could not be measured'} and promotion.on_unmeasured is ask"
    return ""
