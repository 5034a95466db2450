"""Headings of MediaWiki and AsciiDoc, which are plain text to a Markdown parser."""

import re

_MARKS = re.compile(r"(?:=[ \t]?){1,6}")
_LONGEST = 200


def equals_heading(line: str, blank_before: bool) -> tuple[int, str] | None:
    """Level and title of ``== History ==`` (in some exports ``= = History = =``) or, after a blank line, ``== History``."""
    content = line[: _LONGEST + 1].strip()
    if not content.startswith("=") or len(line) > _LONGEST:
        return None
    marks = _MARKS.match(content)
    title = content[marks.end() :].rstrip("= \t") if marks else ""
    if not marks or title.startswith("=") or not any(character.isalpha() for character in title):
        return None
    closed = content.endswith("=")
    opened = blank_before and marks.group().endswith((" ", "\t"))
    return (marks.group().count("="), title) if closed or opened else None
