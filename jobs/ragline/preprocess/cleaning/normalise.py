"""One spelling for what looks the same: composed characters, line ends, invisible characters, blanks."""

import re
import unicodedata

from ragline.preprocess.cleaning.cleaned_text import CleanedText, Edit

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+")
# Soft hyphen, zero-width space, direction marks and embeddings, word joiner and invisible operators, byte order mark.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
# Joiners carry meaning inside Persian and Indic words and in emoji; beside ASCII they are debris.
_STRAY_JOINERS = re.compile("(?<![^\\x00-\\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\x00-\\x7f])")
_TRAILING_BLANKS = re.compile(r"(?<![^\S\n])[^\S\n]+(?=\n|\Z)")
_BLANK_LINES = re.compile(r"\n{4,}")

# ASCII never composes with what stands before it, so runs that start at one can be composed by themselves.
_COMPOSABLE = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_JAMO = "\u1160-\u11ff\ud7b0-\ud7ff"
_CONJOINING = re.compile(f"[{_JAMO}]")


def normalise(text: str | CleanedText) -> CleanedText:
    """The text in Unicode NFC with ``\\n`` line ends, without control and invisible characters, trailing blanks, and
    more than two blank lines in a row; aligned to the original. Repair mojibake first: some of its bytes look like
    control characters and blanks.

    Source: Unicode Standard Annex 15 (normalisation forms).
    """
    whole = CleanedText.of(text) if isinstance(text, str) else text
    cleaned = whole.sub(_LINE_ENDS, "\n").sub(_CONTROLS, "").sub(_INVISIBLE, "").sub(_STRAY_JOINERS, "")
    return _compose(cleaned).sub(_TRAILING_BLANKS, "").sub(_BLANK_LINES, "\n\n")


def _compose(cleaned: CleanedText) -> CleanedText:
    if unicodedata.is_normalized("NFC", cleaned.text):
        return cleaned
    edits: list[Edit] = []
    for run in _COMPOSABLE.finditer(cleaned.text):
        if not unicodedata.is_normalized("NFC", run.group()):
            edits += _composed_clusters(cleaned.text, run.start(), run.end())
    return cleaned.edit(edits)


def _composed_clusters(text: str, start: int, end: int) -> list[Edit]:
    """Edits that compose each cluster (a character and the marks or jamo joining it) of a run by itself."""
    edits: list[Edit] = []
    cluster = start
    for position in range(start + 1, end + 1):
        if position == end or not _joins(text[position]):
            old = text[cluster:position]
            if (new := unicodedata.normalize("NFC", old)) != old:
                edits.append((cluster, position, new))
            cluster = position
    return edits


def _joins(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or _CONJOINING.match(character) is not None
