"""Whether a document is worth keeping, by the quality rules that are on."""

from functools import lru_cache

from ragline.config.filters import FilterSettings, Limits
from ragline.preprocess.filters.rule import Measure, rules
from ragline.preprocess.filters.text_facts import TextFacts


def judge(text: str, language: str, settings: FilterSettings) -> str | None:
    """The name of the first rule that the text breaks, or None. ``language``: what ``detect_languages`` says of it."""
    facts = TextFacts(text, language)
    for name, measure, limits in _rules(settings.model_dump_json(exclude_unset=True)):
        measured = measure(facts, limits)
        if measured is not None and not _within(measured, limits):
            return name
    return None


@lru_cache(maxsize=8)
def _rules(settings: str) -> tuple[tuple[str, Measure, Limits], ...]:
    """The rules that are on, in order. Settings hold a dict and cannot be hashed: their JSON can. (What is not set is
    left out: a null would be taken for a limit that the rule does not have.)"""
    on = FilterSettings.model_validate_json(settings).limits()
    return tuple((name, rules()[name].measure, limits) for name, limits in on.items())


def _within(measured: float, limits: Limits) -> bool:
    return not (limits.min is not None and measured < limits.min) and not (limits.max is not None and measured > limits.max)
