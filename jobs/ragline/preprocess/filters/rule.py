"""What a quality rule is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ragline.config.filters import Limits
from ragline.config.registries import QUALITY_RULES, members_of
from ragline.preprocess.filters.text_facts import TextFacts

# What is measured of a text; the limits say from where on an exact number is needed. None: the rule does not apply.
Measure = Callable[[TextFacts, Limits], float | None]


@dataclass(frozen=True)
class Rule:
    """A quality rule. A module in ``rules`` lists it in ``MEMBERS``, beside the function that measures.

    ``limits``: as published; they are those of the preset ``web`` too. ``presets``: the limits in every preset that the rule
    is on in. ``rank``: rules are applied in this order, those of one rank as they are listed, and the first one that a document
    breaks is named.
    """

    name: str
    rank: int
    measure: Measure
    limits: Limits
    presets: Mapping[str, Limits] = field(default_factory=dict)


def make_rule(
    rank: int,
    measure: Callable[[TextFacts], float | None],
    limits: Limits,
    *,
    name: str = "",
    documents: Limits | None = None,
) -> Rule:
    """A rule called as the function that measures, on in the preset ``web``, and in ``documents`` if limits are given."""
    presets = {"web": limits} | ({"documents": documents} if documents else {})
    return Rule(name or measure.__name__, rank, lambda facts, _: measure(facts), limits, presets)


def rules() -> dict[str, Rule]:
    """All rules by name, in the order in which they are applied."""
    return members_of(QUALITY_RULES)
