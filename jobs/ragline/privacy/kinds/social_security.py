"""Social security numbers of the United States, without the ranges that were never given out."""

import re
from collections.abc import Iterator

from ragline.privacy.context import after, before
from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

_NUMBER = re.compile(
    r"[0-8](?<![\w.+][0-9])(?<![0-9][-/ ][0-9])[0-9]{2}(?<!000|666)"
    r"([- .\u2010-\u2015]?)(?!00)[0-9]{2}\1(?!0000)[0-9]{4}(?!\w)(?![-/.][0-9])"
)
_WORD = re.compile(
    r"\b(?:ssns?|ss\s?#|social\s+sec(?:urity)?|soc\.?\s?sec|taxpayer|itin|social\s+(?:number|no\b|#))", re.IGNORECASE
)
_HYPHENS = frozenset("-\u2010\u2011")


def find_social_security_numbers(searched: SearchedText) -> Iterator[Finding]:
    """123-45-6789 as it stands; other spellings, and nine plain digits, where words say what they are."""
    text = searched.text
    for start, end in searched.digit_runs:
        for match in _NUMBER.finditer(text, start, end):
            if match[1] in _HYPHENS or _WORD.search(before(text, match.start())) or _WORD.search(after(text, match.end())):
                yield Finding("ssn", *match.span())


MEMBERS = (Kind("ssn", 8, find_social_security_numbers),)
