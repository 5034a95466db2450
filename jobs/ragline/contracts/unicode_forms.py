"""Unicode's normal forms, in time proportional to the text.

Marks that stand above one letter are put in order by an insertion sort: a hundred thousand of them in a row take minutes. So a
text is normalised in pieces, cut where no character joins the one before it. Source: Unicode Standard Annex 15, which lets a text
that is read as a stream have no more than thirty marks in a row.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

Form = Literal["NFC", "NFKC"]

_PIECE = 1024
_ASCII = re.compile(r"[\x00-\x7f]")
# Besides marks: the later jamo of a Hangul syllable, also where they are written as letters or in half width, and the half-width
# signs of voice of Japanese.
_JOINING = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff\u3130-\u318f\uff9e-\uff9f\uffa0-\uffdc]")


def normalised(form: Form, text: str) -> str:
    """The text in a normal form. Only in a run of a thousand marks, which no language has, does any differ from it."""
    if len(text) <= _PIECE:
        return unicodedata.normalize(form, text)
    return "".join(unicodedata.normalize(form, piece) for piece in _pieces(text))


def is_normalised(form: Form, text: str) -> bool:
    """Whether ``normalised`` leaves the text as it is."""
    return all(unicodedata.is_normalized(form, piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > _PIECE:
        end = _boundary(text, start + _PIECE // 2, start + _PIECE)
        yield text[start:end]
        start = end
    yield text[start:]


def _boundary(text: str, lowest: int, highest: int) -> int:
    """A place to cut: before an ASCII character, or else before one that joins nothing; the highest if there is neither."""
    if found := _ASCII.search(text, lowest, highest):
        return found.start()
    return next((place for place in range(highest, lowest, -1) if not _joins(text[place])), highest)


def _joins(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or _JOINING.match(character) is not None
