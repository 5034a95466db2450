"""A text as the set of its word n-grams, which is what near-copies share most of."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

# Above this many characters to a word the text is in a script without blanks; its characters are then its words.
_UNSPACED = 20
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD)


def normal_words(text: str) -> list[str]:
    """The words of a text, case-folded; its characters where it is written without blanks."""
    words = text.casefold().split()
    if words and len(text) > _UNSPACED * len(words):
        return [*"".join(words)]
    return words


def shingles(words: Sequence[str], width: int) -> Hashes:
    """Hashes of every ``width`` consecutive words, in order, repeated ones included.

    Fewer words than that make one shingle of them all; no words, none. The words' hashes are those of
    ``pandas.util.hash_array`` (SipHash under a fixed key), so they are the same in every process.
    """
    import pandas as pd

    if not words:
        return np.empty(0, np.uint64)
    hashes: Hashes = pd.util.hash_array(np.array(words, dtype=object), categorize=False)
    width = min(width, len(words))
    count = len(words) - width + 1
    mixed = np.zeros(count, np.uint64)
    for offset in range(width):
        # Multiplying by an odd constant that differs with the place keeps the order of the words in the sum.
        mixed += hashes[offset : offset + count] * np.uint64(_multiplier(offset))
    return _finished(mixed)


def jaccard(left: Hashes, right: Hashes) -> float:
    """Size of the intersection over size of the union of two sets, each given sorted and without repetition."""
    if not len(left) or not len(right):
        return 0.0
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return shared / (len(left) + len(right) - shared)


def _multiplier(offset: int) -> int:
    return (_MULTIPLIERS[offset % len(_MULTIPLIERS)] + 2 * (offset // len(_MULTIPLIERS)) * _MULTIPLIERS[0]) % 2**64 | 1


def _finished(mixed: Hashes) -> Hashes:
    """The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014): every bit depends on all of them."""
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
