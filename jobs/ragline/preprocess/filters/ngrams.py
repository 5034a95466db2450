"""Word n-grams as arrays of hashes: how much of a text its most frequent one makes up, and how much is said again."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so multiplying loses nothing
_Keys = npt.NDArray[np.uint64]


class NGrams:
    """The n-grams of a text's words. Two are equal if their 64-bit hashes are."""

    def __init__(self, words: Sequence[str]) -> None:
        self._hashes = np.fromiter(map(hash, words), np.int64, len(words)).view(np.uint64)
        self._ends = np.concatenate(([0], np.cumsum(np.fromiter(map(len, words), np.int64, len(words)))))
        self._made: dict[int, _Keys] = {1: self._hashes}
        self._bounds: dict[int, int] = {}

    def top_characters(self, n: int) -> int:
        """Characters, blanks between the words included, in all occurrences of the most frequent n-gram (the first)."""
        keys = self._keys(n)
        if not len(keys):
            return 0
        ordered = np.sort(keys)
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        counts = np.diff(starts, append=len(ordered))
        most = int(counts.max())
        first = int(np.isin(keys, ordered[starts[counts == most]]).argmax()) if most > 1 else 0
        return most * (self._length(first, n) + n - 1)

    def repeated_characters(self, n: int, limit: float) -> int:
        """Characters in n-grams that were met before, read from left to right without overlap; only exact above ``limit``."""
        # What is repeated in n words is repeated in fewer: the bound of a smaller n holds too.
        if any(bound <= limit for smaller, bound in self._bounds.items() if smaller <= n) or self._bound(n) <= limit:
            return 0
        keys = self._keys(n).tolist()
        seen: set[int] = set()
        at = characters = 0
        while at < len(keys):
            if keys[at] in seen:
                characters += self._length(at, n)
                at += n
            else:
                seen.add(keys[at])
                at += 1
        return characters

    def _bound(self, n: int) -> int:
        """Characters of the words in any n-gram that was there before: no less than what reading without overlap finds."""
        if n not in self._bounds:
            again = self._again(n)
            steps = np.bincount(again, minlength=len(self._hashes) + 1)
            steps = steps - np.bincount(again + n, minlength=len(steps))
            self._bounds[n] = int(np.diff(self._ends)[np.cumsum(steps)[:-1] > 0].sum())
        return self._bounds[n]

    def _again(self, n: int) -> npt.NDArray[np.int64]:
        """Where the n-grams start that were there before."""
        keys = self._keys(n)
        ordered = np.sort(keys)
        if not (ordered[1:] == ordered[:-1]).any():
            return np.empty(0, np.int64)
        first = np.unique(keys, return_index=True)[1]
        return np.setdiff1d(np.arange(len(keys)), first, assume_unique=True)

    def _length(self, start: int, n: int) -> int:
        return int(self._ends[start + n] - self._ends[start])

    def _keys(self, n: int) -> _Keys:
        if n not in self._made:
            shorter = self._keys(n - 1)
            self._made[n] = shorter[:-1] * _BASE + self._hashes[n - 1 :] if len(shorter) else shorter
        return self._made[n]
