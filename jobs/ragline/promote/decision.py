"""Decide whether an evaluated release is promoted: a pure function of its verdict and of the pipeline's promotion settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ragline.config.promotion import PromotionSettings

Action = Literal["promoted", "refused", "needs_approval"]


@dataclass(frozen=True)
class JudgedRelease:
    """What a decision about a release is based on: how it was evaluated, and whether it was rolled back before.

    ``verdict`` is that of its evaluation: first, not_worse, worse, deletes_only, moves_only or unmeasured; ``reason`` says why.
    ``metrics`` are its scores by name. ``rolled_back`` is the reason why it was once rolled back, or ""; ``rejected`` says which
    person rejected it and why, or is "".
    """

    verdict: str
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    rolled_back: str = ""
    rejected: str = ""


@dataclass(frozen=True)
class Decision:
    """What is done with a release, and why: a clause that can follow "because"."""

    action: Action
    why: str


def decide(release: JudgedRelease, rules: PromotionSettings, *, approved: bool) -> Decision:
    """Choose between promoting a release, refusing it, and asking a person for approval.

    ``approved`` says that a person has approved it already: that answers the question, also where another person has rejected it
    before, but does not overrule a refusal.
    """
    if refusal := _reason_to_refuse(release, rules):
        return Decision("refused", refusal)
    if release.rejected and not approved:
        return Decision("refused", f"it was rejected {release.rejected}")
    question = _reason_to_ask(release, rules)
    if question and not approved:
        return Decision("needs_approval", question)
    return Decision("promoted", release.reason or f"the verdict is {release.verdict}")


def _reason_to_refuse(release: JudgedRelease, rules: PromotionSettings) -> str:
    if release.verdict == "worse":
        return release.reason or "it is worse than the champion"
    if release.verdict == "unmeasured":
        because = release.reason or "its quality could not be measured"
        return f"{because} and promotion.on_unmeasured is refuse" if rules.on_unmeasured == "refuse" else ""
    # Deleted content has to leave the served release soon, so a release that only deletes or moves is not held to the floor.
    score = release.metrics.get(rules.metric)
    if rules.floor is None or release.verdict in ("deletes_only", "moves_only"):
        return ""
    if score is None:
        return f"promotion.floor is {rules.floor} but its {rules.metric} was not measured"
    return f"its {rules.metric} is {score:.4f}, below promotion.floor {rules.floor}" if score < rules.floor else ""


def _reason_to_ask(release: JudgedRelease, rules: PromotionSettings) -> str:
    if release.rolled_back:
        return f"it was rolled back ({release.rolled_back})"
    if rules.mode == "manual":
        return "promotion.mode is manual"
    if release.verdict == "unmeasured" and rules.on_unmeasured == "ask":
        return f"{release.reason or 'its quality could not be measured'} and promotion.on_unmeasured is ask"
    return ""
