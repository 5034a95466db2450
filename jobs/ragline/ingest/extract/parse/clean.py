"""Strings that every later stage can store and count: well formed, one kind of newline, no NUL."""

import re

_LONG_GAP = re.compile(r"\n{4,}")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)


def well_formed(text: str) -> str:
    """``text`` with surrogate pairs joined and lone surrogates (which UTF-8 cannot hold) replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_text(text: str) -> str:
    """``\\n`` for every newline, no NUL, no byte-order mark in front, well formed."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return well_formed(unix).removeprefix("\ufeff")


def tidy(text: str) -> str:
    """No blanks at line ends, at most two empty lines together, one newline at the end."""
    return _LONG_GAP.sub("\n\n\n", _TRAILING.sub("", text)).strip("\n") + "\n"
