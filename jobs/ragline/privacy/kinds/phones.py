"""Telephone numbers: international ones, those in a national form nothing else has, and others that words announce."""

import re
from collections.abc import Iterator

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.number_labels import Label, label_of
from ragline.privacy.numbering_plans import is_international, is_national
from ragline.privacy.searched_text import SEPARATORS, SearchedText

_CANDIDATE = re.compile(
    rf"[+(]{{0,2}}[0-9](?:[{SEPARATORS}]{{0,3}}[0-9]){{6,16}}(?:[ ,;]{{0,2}}(?:x|ext\.?|extension|#)[ .:]?[0-9]{{1,6}}(?!\w))?",
    re.IGNORECASE,
)
# The form of North America, which is written like nothing else: 212-555-0123, (212) 555-0123, +1.212.555.0123, 001-212-...
_AMERICAN = re.compile(
    r"(?:(?:\+|00)?1[-. ])?(?:\([2-9][0-9]{2}\)[ -]?[2-9][0-9]{2}[-. ][0-9]{4}|[2-9][0-9]{2}([-.])[0-9]{3}\1[0-9]{4}"
    r"|[2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4}(?![ 0-9]))(?!\d)"
)
# An area code in parentheses, and the form of Brazil: 11 98765-4321.
_AREA_CODE = re.compile(
    r"(?:[0-9]{1,2} )?\((?!19|20)[0-9]{2,5}\)[ ./-]{0,2}(?!19|20)[0-9]{3,}(?:[ .-](?!19|20)[0-9]{2,})*\Z"
    r"|[1-9][0-9] 9?[0-9]{4}-[0-9]{4}\Z"
)
_TRUNK = re.compile(r"\(?0[0-9]+\)?[ /-]?[0-9]")
_OTHER_NUMBER = re.compile(
    r"\(?[0-9]{4}([-./])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])|[0-9]{1,2}([-./])[0-9]{1,2}\2(?:1[89]|20)[0-9]{2}(?![0-9])"  # dates
    r"|\(?(?:1[6-9]|20)[0-9]{2} ?[-/\u2010-\u2015] ?(?:1[6-9]|20)[0-9]{2}\)?\Z"  # years
    r"|[0-9]+\.[0-9]+\Z|[0-9]{1,3}(?:\.[0-9]{1,3}){3}\Z|[0-9]{3}-[0-9]{2}-[0-9]{4}\Z"  # decimals, IPv4, social security
    r"|[0-9]{1,3}(?:[ .\u202f\xa0][0-9]{3}){1,4}(?<=000)\Z"  # thousands
)
# Chinese, Japanese and Korean are written without spaces, so there a letter before the number does not make it part of a word.
_JOINS = re.compile(r"[^\W\u3040-\u9fff\uac00-\ud7a3]\Z|[$€£%@&\\]\Z|[\w.][-./:+]\Z|[/.#_*^<>]\Z")
_NO_GROUPS = re.compile(r"[0-9]+[ /-][0-9]{1,2}\Z")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}[ .]")
_MAX_DIGITS = 15
_MIN_WITH_AREA_CODE = 9


def find_phones(searched: SearchedText) -> Iterator[Finding]:
    """Numbers of 7 to 15 digits, with their extension."""
    text, done = searched.text, 0
    for start, end in searched.digit_runs:
        for match in _CANDIDATE.finditer(text, max(done, start - 2), min(len(text), end + 20)):
            if match.start() < end and _is_phone(text, *match.span()):
                done = match.end()
                yield Finding("phone", match.start(), done)


def _is_phone(text: str, start: int, end: int) -> bool:
    """The candidate by its own form, or by the words around it."""
    written, preceding = text[start:end], text[max(0, start - 4) : start]
    if _joined(preceding) or _joined_after(text, end):
        return False
    digits = "".join(filter(str.isdigit, re.split("[xXe#]", written)[0]))
    if len(digits) > _MAX_DIGITS or _OTHER_NUMBER.match(written) or len(set(digits)) < 3:
        return False
    if _AMERICAN.match(written):
        return True
    label = label_of(text, start, end)
    international = written.startswith(("+", "(+", "00"))
    if international and is_international(written, announced=label in (Label.PHONE, Label.CALL)):
        return True
    if label is Label.OTHER:
        return False
    if label is not None:
        return not _NO_GROUPS.match(written) and (label is Label.PHONE or not _YEAR.match(written))
    if _AREA_CODE.match(written) and len(digits) >= _MIN_WITH_AREA_CODE:
        return True
    return bool(_TRUNK.match(written)) and is_national(written)


def _joined(preceding: str) -> bool:
    """Whether what precedes makes the digits a part of something longer: a word, a path, a decimal, a formula."""
    return _JOINS.search(preceding) is not None and not preceding.endswith(("tel:", "sms:", "\\|"))


def _joined_after(text: str, end: int) -> bool:
    return bool(re.match(r"\w|[-./:]\w*\d|[%€£$°=]| ?[eE][-+]\d|/\w", text[end : end + 6])) and text[end : end + 1] != "x"


# As often what a manual is about as it is somebody's.
MEMBERS = (Kind("phone", 10, find_phones, recommended="tag"),)
