"""Everything that is done to a text before anybody looks at what it says."""

from collections.abc import Collection

from ragline.preprocess.cleaning.boilerplate import remove_boilerplate
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.normalise import normalise


def clean(text: str, boilerplate: Collection[int] = ()) -> CleanedText:
    """The text normalised, without the blocks that have these marks, aligned to the original."""
    normal = normalise(text)
    return remove_boilerplate(normal, boilerplate)[0] if boilerplate else normal
