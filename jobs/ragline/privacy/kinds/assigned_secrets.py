"""Values that are assigned to a name such as ``password`` and look as if they had been drawn at random."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

_NAMES = (b"passw", b"passphrase", b"pwd", b"secret", b"token", b"key", b"credential", b"bearer")
_VALUE = re.compile(
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token|key|credentials?)"
    r"(?:[_-]?(?:key|id|value|string|hash))?[\"'`]?\]?[ \t]{0,4}(?::=|=>|==?|:)[ \t]{0,4}"
    r"(?:([\"'`])(?P<quoted>[^\s\"'`\[\]<>]{8,256})\1|(?P<bare>[^\s\"'`,;()\[\]{}<>]{8,256})(?![(\[\w]))"
    r"|bearer[ \t]{1,4}(?P<bearer>[\w.~+/=-]{16,256})(?!\w)",
    re.IGNORECASE,
)
_KEY_OF = re.compile(r"(?:api|access|account|private|auth|signing|encryption|shared|master)[_ -]?\Z", re.IGNORECASE)
# Variables, attributes, calls, paths, numbers, words joined by punctuation: what names a secret, not the secret.
# No two parts in a row take the same character: "____…1" would be divided between them in every possible way.
_NAME_OF_ONE = re.compile(
    r"[$%{*@&]|.*\.\.\.|_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z|[a-z_]\w*(?:\.[a-z_]\w*)+\Z|https?:|[\w.]+\(|\.{0,2}(?:/[\w.-]+)+\Z|[A-Za-z_][A-Za-z_.:/-]*+\d{0,2}\Z|[\d.,:-]+\Z"
)
_MIN_BITS = 2.75


def find_assigned_secrets(searched: SearchedText) -> Iterator[Finding]:
    """``password: h7Gq_1xZ`` and the like, the value alone."""
    for name in _NAMES:
        start = searched.lower.find(name)
        while start >= 0:
            match = _VALUE.match(searched.text, start)
            if match and (name != b"key" or _KEY_OF.search(searched.text, max(0, start - 12), start)):
                group = next(group for group, value in match.groupdict().items() if value is not None)
                if _is_random(match[group]):
                    yield Finding("secret", *match.span(group))
            start = searched.lower.find(name, start + 1)


def _is_random(value: str) -> bool:
    """Letters and digits mixed, and many different ones (Shannon's entropy, bits per character)."""
    if _NAME_OF_ONE.match(value) or not (any(map(str.isdigit, value)) and any(map(str.isalpha, value))):
        return False
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts) >= _MIN_BITS


MEMBERS = (Kind("secret", 4, find_assigned_secrets),)
