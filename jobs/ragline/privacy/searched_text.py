"""A text with what several detectors need to know about it, worked out once."""

import re
import string
from dataclasses import dataclass
from functools import cached_property

# What may stand between the groups of one number.
SEPARATORS = r" \xa0\u2007\u2009\u202f./()\-\u2010-\u2015"

# Begins with plain characters, so that the engine skips what is no digit fast; "+" and "(" before it are looked for later.
_RUN = re.compile(rf"[0-9][0-9{SEPARATORS}]{{5,}}[0-9]")
_MIN_DIGITS = 7

_TOKEN = string.ascii_letters + string.digits + "-_"
_TO_SHAPE = bytes(ord("x" if chr(code) in _TOKEN else " ") for code in range(256))
_TOKEN_RUN = b"x" * 20


@dataclass(frozen=True)
class SearchedText:
    """The text, a lower-case version of it, and the stretches that a number or a key could be in."""

    text: str

    @cached_property
    def lower(self) -> bytes:
        """The text in ASCII and lower case, at the same offsets; what is not ASCII is a question mark."""
        return self._ascii.lower()

    @cached_property
    def token_runs(self) -> list[tuple[int, int]]:
        """Stretches of 20 and more letters, digits, hyphens and underscores."""
        shape = self._ascii.translate(_TO_SHAPE)
        runs = []
        start = shape.find(_TOKEN_RUN)
        while start >= 0:
            end = shape.find(b" ", start)
            end = end if end >= 0 else len(shape)
            runs.append((start, end))
            start = shape.find(_TOKEN_RUN, end)
        return runs

    @cached_property
    def digit_runs(self) -> list[tuple[int, int]]:
        """Stretches of digits and separators with enough digits for the shortest number there is."""
        return [(start, end) for start, end in self._runs if _digits(self.text[start:end]) >= _MIN_DIGITS]

    @cached_property
    def dotted_runs(self) -> list[tuple[int, int]]:
        """Stretches of digits and separators with room for an IPv4 address."""
        return [(start, end) for start, end in self._runs if self.text.count(".", start, end) >= 3]

    @cached_property
    def _runs(self) -> list[tuple[int, int]]:
        return [match.span() for match in _RUN.finditer(self.text)]

    @cached_property
    def _ascii(self) -> bytes:
        return self.text.encode("ascii", "replace")


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
