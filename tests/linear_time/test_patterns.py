"""Every regular expression takes time in proportion to the text, whatever the text is."""

import re
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from ragline.evaluate.masking import _pattern
from ragline.preprocess.cleaning.repair import _suspect
from tests.linear_time.attacks import attacks
from tests.linear_time.growth import cost
from tests.linear_time.patterns import Found, computed, patterns

SMALL = 500
# A pattern that reads up to so many characters from each place where it may begin is linear only in texts that are longer.
BOUNDED = {"ragline.contracts.redaction._DATABASE": 4000}
# Seconds for a text of that size, so far above what any linear pattern takes that only then its growth is looked at.
SUSPICIOUS = 0.00008
LOOKED_AT = 8  # of the suspicious ones, those that cost most
# A text four times as long takes four times as long, or sixteen times where every place is compared with every other.
MOST_GROWTH = 8.5

# Patterns that functions put together. Each place has an entry here: those of ``recursive`` are literals, escaped.
MADE = {
    "ragline.preprocess.cleaning.repair:_suspect": [_suspect()],
    "ragline.evaluate.masking:_pattern": [_pattern("a b c"), _pattern("what is it")],
    "ragline.preprocess.chunking.strategies.recursive:__init__": [re.compile(re.escape(text)) for text in ("\n\n", "a.", "][")],
}
FOUND = patterns() + [Found(place, pattern, False) for place, made in MADE.items() for pattern in made]


def call(found: Found) -> Callable[[Any], object]:
    return found.pattern.match if found.anchored else lambda text: deque(found.pattern.finditer(text), 0)


def growth(found: Found) -> tuple[float, object]:
    """How many times longer four times the text takes, for the worst attack that was tried, and which it is."""
    run = call(found)
    suspicious = []
    size = BOUNDED.get(found.name, SMALL)
    for small, large in zip(attacks(found.pattern, size), attacks(found.pattern, 4 * size), strict=True):
        seconds = cost(run, small, limit=2)
        if seconds == float("inf"):
            return seconds, small[:60]
        if seconds >= SUSPICIOUS:
            suspicious.append((seconds, small, large))
    worst: tuple[float, object] = (0.0, None)
    for _, small, large in sorted(suspicious, key=lambda each: -each[0])[:LOOKED_AT]:
        worst = max(worst, (measured(run, small, large), small[:60]), key=lambda pair: pair[0])
        if worst[0] > MOST_GROWTH:
            break
    return worst


def measured(run: Callable[[Any], object], small: object, large: object) -> float:
    """The least of three ratios: noise makes one of them large, a slow pattern all of them."""
    ratios = []
    for _ in range(3):
        first = cost(run, small, best_of=2, limit=2)
        ratios.append(cost(run, large, limit=10) / first if first < float("inf") else float("inf"))
        if ratios[-1] <= MOST_GROWTH:
            break
    return min(ratios)


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.name)
def test_the_time_a_pattern_takes_grows_as_the_text_does(found: Found) -> None:
    ratio, attack = growth(found)

    assert ratio <= MOST_GROWTH, f"{found.pattern.pattern!r} takes {ratio:.0f} times as long for four times {attack!r}"


def test_every_pattern_that_a_function_puts_together_is_among_those_that_are_tried() -> None:
    assert computed() == set(MADE)


SLOW = (
    r"[A-Za-z_]+(?:[._:/-][A-Za-z_]*)*\d{0,2}\Z",
    r"!?\[(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*\]\([^)\s]*\)",
    r"[ \t]+$",
    r"(a|b|ab)*c",
)


@pytest.mark.parametrize("slow", SLOW)
def test_patterns_that_are_known_to_be_slow_are_found_out(slow: str) -> None:
    assert growth(Found("slow", re.compile(slow), False))[0] > MOST_GROWTH
