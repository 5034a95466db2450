"""Private keys in PEM and PGP armour, also where their end is missing."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

PEM_MARK = "PRIVATE KEY"
_MARK = re.compile(r"-----(BEGIN|END) (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
# What may follow a beginning whose end is missing: lines of base64 (line ends may be escaped, as in JSON), headers, quotes.
_BODY = re.compile(r"(?:(?:\\[nr]|[\s>|\"'+#*,])*[A-Za-z0-9+/=]{16,})*(?:(?:\\[nr]|\s)*[A-Za-z0-9+/]{0,80}={1,2}(?:\\[nr])?)?")
_HEADERS = re.compile(r"(?:\s*(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): [^\n]{0,200}\n?)*")


def find_private_keys(searched: SearchedText) -> Iterator[Finding]:
    """Whole blocks, from BEGIN to END; from BEGIN to where the key's characters stop if it was cut off."""
    text = searched.text
    if PEM_MARK not in text:
        return
    for mark, following in pairwise([*_MARK.finditer(text), None]):
        if mark is None or mark[1] != "BEGIN":
            continue
        if following is not None and following[1] == "END":
            yield Finding("private_key", mark.start(), following.end())
        else:
            end = _cut_off(text, mark.end(), following.start() if following else len(text))
            if end > mark.end():
                yield Finding("private_key", mark.start(), end)


def _cut_off(text: str, start: int, limit: int) -> int:
    headers = _HEADERS.match(text, start, limit)
    body = _BODY.match(text, headers.end() if headers else start, limit)
    return body.end() if body and body[0].strip() else start


MEMBERS = (Kind("private_key", 1, find_private_keys),)
