"""One spelling for what looks the same: composed characters, line ends, invisible characters, blanks."""

import re
import unicodedata
from functools import lru_cache

from ragline.contracts.unicode_forms import is_normalised, normalised
from ragline.preprocess.cleaning.cleaned_text import CleanedText, Edit

# Most texts need hardly any of this. What tells so at a gigabyte per second comes before a pattern that takes a twentieth of it.
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_LINE_END_SIGNS = "\r\x0b\x0c\x85\u2028\u2029"
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL_BYTES = bytes([*range(9), *range(14, 32), 127])
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
    cleaned = CleanedText.of(text) if isinstance(text, str) else text
    if any(map(cleaned.text.__contains__, _LINE_END_SIGNS)):
        cleaned = cleaned.sub(_LINE_ENDS, "\n")
    others = "" if cleaned.text.isascii() else "".join(set("".join(_BEYOND_ASCII.findall(cleaned.text))))
    if _CONTROLS.search(others) or _has_ascii_controls(cleaned.text):
        cleaned = cleaned.sub(_CONTROLS, "")
    if _INVISIBLE.search(others):
        cleaned = cleaned.sub(_INVISIBLE, "")
    if "\u200c" in others or "\u200d" in others:
        cleaned = cleaned.sub(_STRAY_JOINERS, "")
    if not all(map(_stands_alone, others)):
        cleaned = _compose(cleaned)
    if _may_trail(cleaned.text, others):
        cleaned = cleaned.sub(_TRAILING_BLANKS, "")
    return cleaned.sub(_BLANK_LINES, "\n\n") if "\n\n\n\n" in cleaned.text else cleaned


def _has_ascii_controls(text: str) -> bool:
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded.translate(None, _CONTROL_BYTES)) < len(encoded)


@lru_cache(maxsize=1 << 16)
def _stands_alone(character: str) -> bool:
    """Whether a character is composed and does not join the one before it."""
    return not _joins(character) and unicodedata.is_normalized("NFC", character)


def _may_trail(text: str, others: str) -> bool:
    """Whether a line may end with blanks; ``others``: its characters beyond ASCII."""
    return " \n" in text or "\t\n" in text or text.endswith((" ", "\t")) or any(map(str.isspace, others))


def _compose(cleaned: CleanedText) -> CleanedText:
    if is_normalised("NFC", cleaned.text):
        return cleaned
    edits: list[Edit] = []
    for run in _COMPOSABLE.finditer(cleaned.text):
        if not is_normalised("NFC", run.group()):
            edits += _composed_clusters(cleaned.text, run.start(), run.end())
    return cleaned.edit(edits)


def _composed_clusters(text: str, start: int, end: int) -> list[Edit]:
    """Edits that compose each cluster (a character and the marks or jamo joining it) of a run by itself."""
    edits: list[Edit] = []
    cluster = start
    for position in range(start + 1, end + 1):
        if position == end or not _joins(text[position]):
            old = text[cluster:position]
            if (new := normalised("NFC", old)) != old:
                edits.append((cluster, position, new))
            cluster = position
    return edits


def _joins(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or _CONJOINING.match(character) is not None
