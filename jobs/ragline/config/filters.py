"""The configuration of the quality rules: which are on, and where they draw the line."""

from typing import Literal

from pydantic import Field, model_validator

from ragline.config.registries import QUALITY_RULES, members_of
from ragline.config.section import Section


class Limits(Section):
    """What a rule allows. A document below ``min`` or above ``max`` is dropped."""

    min: float | None = None
    max: float | None = None


class FilterSettings(Section):
    """Quality rules: a preset, and rules switched on (``true``), off (``false``) or given other limits on top of it.

    The rules, their published limits and which presets they belong to stand in ``preprocess/filters/rules``.
    """

    preset: Literal["none", "documents", "web"] = "documents"
    rules: dict[str, bool | Limits] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _knows_its_rules(self) -> "FilterSettings":
        for name, wanted in self.rules.items():
            known = members_of(QUALITY_RULES)
            if name not in known:
                raise ValueError(f"no quality rule is called '{name}'; there are {', '.join(known)}")
            limits = known[name].limits.model_dump(exclude_none=True)
            given = wanted.model_fields_set if isinstance(wanted, Limits) else set()
            if strange := given - limits.keys():
                raise ValueError(f"the quality rule '{name}' has no '{strange.pop()}', only {' and '.join(limits)}")
        return self

    def limits(self) -> dict[str, Limits]:
        """The rules that are on, in the order in which they are applied, with their limits."""
        on: dict[str, Limits] = {}
        for name, rule in members_of(QUALITY_RULES).items():
            in_preset: Limits | None = rule.presets.get(self.preset)
            wanted = self.rules.get(name, in_preset is not None)
            base = in_preset or rule.limits
            if isinstance(wanted, Limits):
                on[name] = base.model_copy(update=wanted.model_dump(exclude_unset=True))
            elif wanted:
                on[name] = base
        return on
