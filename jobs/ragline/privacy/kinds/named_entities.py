"""Names of persons and places, by a spaCy model where one is installed."""

import logging
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind

if TYPE_CHECKING:
    from spacy.language import Language

log = logging.getLogger(__name__)

_KIND_OF_LABEL = {"PERSON": "person", "PER": "person", "GPE": "address", "LOC": "address", "FAC": "address"}
_PIECE = 20_000  # characters that the model sees at once: its memory grows with them


def find_entities(text: str, model: str) -> Iterator[Finding]:
    """What the model takes for persons and places."""
    starts = _pieces(text)
    bounds = [*starts[1:], len(text)]
    pieces = (text[start:end] for start, end in zip(starts, bounds, strict=True))
    for offset, found in zip(starts, _load(model).pipe(pieces, batch_size=8), strict=True):
        for entity in found.ents:
            kind = _KIND_OF_LABEL.get(entity.label_)
            if kind:
                yield Finding(kind, offset + entity.start_char, offset + entity.end_char)


def _pieces(text: str) -> list[int]:
    """Where to cut: at the last blank line, or line, or word of each stretch."""
    starts = [0]
    while len(text) - starts[-1] > _PIECE:
        low, high = starts[-1] + _PIECE // 2, starts[-1] + _PIECE
        cuts = (text.rfind(mark, low, high) for mark in ("\n\n", "\n", " "))
        starts.append(next((cut + 1 for cut in cuts if cut > 0), high))
    return starts


@cache
def _load(model: str) -> "Language":
    import spacy

    log.info("looking for persons and places with %s", model)
    return spacy.load(model, disable=["parser", "lemmatizer", "attribute_ruler"])


# Names are everywhere, and finding them takes a model.
MEMBERS = (Kind("person", 11, None, recommended="keep"), Kind("address", 12, None, recommended="keep"))
