"""The words around a number, which tell a telephone from an order number.

Nothing beyond a blank line counts: what a paragraph holds depends on nothing but that paragraph.
"""

import re
from collections import deque

BLANK_LINE = "\n\n"


def before(text: str, start: int, width: int = 64) -> str:
    """What precedes a finding."""
    return text[max(0, start - width) : start].rpartition(BLANK_LINE)[2]


def after(text: str, end: int, width: int = 24) -> str:
    """What follows a finding."""
    return text[end : end + width].partition(BLANK_LINE)[0]


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match nearest to the end."""
    return next(iter(deque(pattern.finditer(text), maxlen=1)), None)
