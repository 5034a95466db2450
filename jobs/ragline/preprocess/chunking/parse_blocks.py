"""Cut a text where its Markdown can be, so that a parser never holds much of it at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ragline.preprocess.chunking.equals_heading import equals_heading

# Longer sections are cut at blank lines, too, and what has none for so long at any line.
_LONG, _ENDLESS = 100_000, 1_000_000

# What opens and closes fenced code, also in a list or a quotation.
_FENCE = re.compile(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]*+)?(`{3,}+|~{3,}+)(.*)")
_ATX_HEADING = re.compile(r"#{1,6}[ \t]")


@dataclass(frozen=True, slots=True)
class ParseBlock:
    """Code points ``start`` to ``end``, whole lines; ``level`` and ``title`` of a heading that Markdown does not know."""

    start: int
    end: int
    level: int = 0
    title: str = ""


def parse_blocks(text: str) -> Iterator[ParseBlock]:
    """The text in parts that mean the same to a Markdown parser alone, cut before headings.

    Where a part begins depends on nothing but what follows the last heading, so an edit in one section moves no cut in another.
    """
    start = position = 0
    fence = ""
    blank_before = True
    while position < len(text):
        end = text.find("\n", position) + 1 or len(text)
        line = text[position:end].rstrip("\n")
        heading = None if fence else equals_heading(line, blank_before)
        if start < position and (heading or (not fence and _may_cut(line, position - start, blank_before))):
            yield ParseBlock(start, position)
            start = position
        if heading:
            yield ParseBlock(position, end, *heading)
            start = end
        fence = _fence_after(fence, line)
        blank_before = not line.strip()
        position = end
    if start < len(text):
        yield ParseBlock(start, len(text))


def _may_cut(line: str, length: int, blank_before: bool) -> bool:
    """Whether what starts with this line, after so many characters, can be parsed apart from what is before it."""
    if blank_before and _ATX_HEADING.match(line):
        return True
    return length > (_LONG if blank_before else _ENDLESS) and not line[:1].isspace()


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line: "" if none."""
    found = _FENCE.match(line) if "```" in line or "~~~" in line else None
    if not found:
        return fence
    mark, rest = found.groups()
    if not fence:
        return "" if mark[0] == "`" and "`" in rest else mark
    return "" if mark.startswith(fence) and not rest.strip() else fence
