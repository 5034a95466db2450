"""E-mail addresses."""

import re
from collections.abc import Iterator

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

# Everything is anchored at the @, which the engine looks for at memory speed; the local part is then read backwards, within
# the 64 characters that it may have. Labels and their number are bounded too, so that hostile text takes linear time.
_DOMAIN = re.compile(r"@(?<=[\w\"+%-]@)(?:\w[\w-]{0,62}\.){1,10}(?:xn--[\w-]{1,59}|[^\W\d_]{2,24})")
_LOCAL = re.compile(r"(?:\"[^\"\s@<>](?:[^\"\n@<>]{0,60}[^\"\s@<>])?\"|[\w+%](?:[\w.+%-]|(?<=\w)['’&/=](?=\w)){0,63})\Z")
_PLAIN_LOCAL = re.compile(r"[\w+%][\w.+%'-]{0,63}\Z")
_LOCAL_LENGTH = 64

# icon@2x.png, user@host.js; x@w.dot(y), which is a matrix product; git@host, which is nobody.
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|py|md|rst|txt|html?|json|ya?ml)\Z", re.IGNORECASE)
_NOBODY = frozenset({"git", "hg", "svn"})


def find_emails(searched: SearchedText) -> Iterator[Finding]:
    """Addresses with a dotted domain; quoted, tagged and non-ASCII ones too."""
    text, done = searched.text, 0
    for domain in _DOMAIN.finditer(text):
        at, end = domain.span()
        start = _local_start(text, max(done, at - _LOCAL_LENGTH), at)
        if start is None or _is_other(text, start, at, end):
            continue
        done = end
        yield Finding("email", start, end)


def _local_start(text: str, lowest: int, at: int) -> int | None:
    before = text[lowest:at]
    pattern = _LOCAL if before.endswith('"') else _PLAIN_LOCAL
    local = pattern.search(before)
    if local is None:
        return None
    return lowest + local.start()


def _is_other(text: str, start: int, at: int, end: int) -> bool:
    return text[end : end + 1] == "(" or text[start:at] in _NOBODY or _FILE.search(text, at, end) is not None


MEMBERS = (Kind("email", 5, find_emails),)
