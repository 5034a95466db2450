"""The lines of a page that C4 takes for sentences."""

import re

_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
_ENDS = (".", "?", "!", '"', "'")
_MANY_WORDS = 3
_LONG = 1000


def sentence_lines(text: str) -> list[str]:
    """Lines of at least three words, none longer than 1000 characters, that end like a sentence and do not trail off."""
    lines = (line.strip() for line in text.splitlines())
    without_citations = ((line, _CITATION.sub("", line) if "[" in line else line) for line in lines)
    return [
        line
        for original, line in without_citations
        if line.endswith(_ENDS)
        and not line.endswith("...")
        and len(original.split(None, _MANY_WORDS)) >= _MANY_WORDS
        and (len(original) <= _LONG or max(map(len, original.split())) <= _LONG)
    ]
