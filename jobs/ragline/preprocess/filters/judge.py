"""Whether a document is worth keeping, by the quality rules that are on."""

from functools import lru_cache

from ragline.config.filters import FilterSettings, Limits
from ragline.preprocess.filters.rules import RULES, Rule
from ragline.preprocess.filters.text_facts import TextFacts


def judge(text: str, language: str, settings: FilterSettings) -> str | None:
    """The name of the first rule that the text breaks, or None. ``language``: what ``detect_languages`` says of it."""
    facts = TextFacts(text, language)
    for name, rule, limits in _rules(settings.model_dump_json()):
        measured = rule(facts, limits)
        if measured is not None and not _within(measured, limits):
            return name
    return None


@lru_cache(maxsize=8)
def _rules(settings: str) -> tuple[tuple[str, Rule, Limits], ...]:
    """The rules that are on, in order. Settings hold a dict and cannot be hashed: their JSON can."""
    on = FilterSettings.model_validate_json(settings).limits()
    return tuple((name, RULES[name], limits) for name, limits in on.items())


def _within(measured: float, limits: Limits) -> bool:
    return not (limits.min is not None and measured < limits.min) and not (limits.max is not None and measured > limits.max)
