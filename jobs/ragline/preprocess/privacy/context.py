"""The words around a number, which tell a telephone from an order number."""

import re

BEFORE = 64
AFTER = 24


def before(text: str, start: int, width: int = BEFORE) -> str:
    """What precedes a finding."""
    return text[max(0, start - width) : start]


def after(text: str, end: int, width: int = AFTER) -> str:
    """What follows a finding."""
    return text[end : end + width]


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match nearest to the end."""
    found = None
    for found in pattern.finditer(text):
        pass
    return found
