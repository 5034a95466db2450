"""Web addresses that a document links to."""

import re

_LINK = re.compile(r"(?<=\]\()https?://[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*|(?<=<)https?://[^\s<>]+(?=>)")
_MOST = 200
_LONGEST = 2000


def links_in(markdown: str) -> list[str]:
    """The addresses of the Markdown links in a text, each once, in order; of a list of hundreds the first ones."""
    found: dict[str, None] = {}
    for match in _LINK.finditer(markdown):
        if len(match[0]) <= _LONGEST:
            found[match[0]] = None
        if len(found) == _MOST:
            break
    return list(found)
