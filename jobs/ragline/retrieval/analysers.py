"""How text is cut into the terms of a lexical index: a numbered list that is only ever added to.

A release names its analyser by number. Another way to cut text is another number; what a number stands for never changes,
because the index of an old release and the queries put to it must be cut alike. A new number that becomes the one to build
with (``NEWEST``) makes other releases: raise ``config.fingerprints.REVISION["index"]`` with it.
"""

from collections.abc import Callable, Mapping

import tantivy

from ragline.contracts.release_spec import LexicalIndexSpec
from ragline.errors import ReleaseError

# The languages that tantivy's Snowball stemmers know.
STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


def make_analyser(spec: LexicalIndexSpec) -> tantivy.TextAnalyzer:
    """The analyser that a release was built with.

    Raises:
        ReleaseError: this version of Ragline does not know it.
    """
    if spec.analyser not in ANALYSERS:
        known = ", ".join(map(str, ANALYSERS))
        raise ReleaseError(f"The release needs analyser {spec.analyser}; this Ragline knows {known}. Use the one that built it.")
    if spec.stemmer is not None and spec.stemmer not in STEMMERS:
        raise ReleaseError(f"The release needs a stemmer for {spec.stemmer!r}; there are stemmers for {', '.join(STEMMERS)}.")
    return ANALYSERS[spec.analyser](spec.stemmer)


def _analyser_1(stemmer: str | None) -> tantivy.TextAnalyzer:
    """Words of letters and digits up to 60 bytes, in lower case, stemmed."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(60)).filter(tantivy.Filter.lowercase())
    return (builder.filter(tantivy.Filter.stemmer(STEMMERS[stemmer])) if stemmer else builder).build()


ANALYSERS: Mapping[int, Callable[[str | None], tantivy.TextAnalyzer]] = {1: _analyser_1}
NEWEST = max(ANALYSERS)
