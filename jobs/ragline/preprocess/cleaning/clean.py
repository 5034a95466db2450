"""Clean a text: repair its encoding, normalise it, remove boilerplate."""

from collections.abc import Collection

from ragline.preprocess.cleaning.boilerplate import remove_boilerplate
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.normalise import normalise
from ragline.preprocess.cleaning.repair import repair


def clean(text: str, boilerplate: Collection[int] = ()) -> CleanedText:
    """The text repaired and normalised, without the blocks that have one of these hashes, aligned to the original."""
    normal = repaired(text)
    return remove_boilerplate(normal, boilerplate)[0] if boilerplate else normal


def repaired(text: str) -> CleanedText:
    """The text with its encoding repaired, normalised."""
    return normalise(repair(CleanedText.of(text)))
