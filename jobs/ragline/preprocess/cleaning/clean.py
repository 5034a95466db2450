"""Everything that is done to a text before anybody looks at what it says."""

from collections.abc import Collection

from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.normalise import normalise
from ragline.runtime.preprocess_settings import PreprocessSettings


def clean(text: str, settings: PreprocessSettings, boilerplate: Collection[int] = ()) -> CleanedText:
    """The text normalised, without its source's boilerplate, aligned to the original."""
    return normalise(text)
