"""What the copies of a text are found by: a hash that equal texts share, and bands that near-copies probably share."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ragline.config.preprocess import CopySettings, DeduplicateSettings
from ragline.preprocess.duplicates.exact import normal_hash
from ragline.preprocess.duplicates.minhash import Banding, band_hashes, banding
from ragline.preprocess.duplicates.shingles import normal_words, shingles


def copy_keys(
    texts: Sequence[str], scopes: Sequence[str], copies: CopySettings, settings: DeduplicateSettings
) -> list[dict[str, Any]]:
    """For each text ``normal_hash``, ``words`` (how many) and ``bands`` (empty where it is too short for near-copies)."""
    words = [normal_words(text) for text in texts]
    keys: list[dict[str, Any]] = [
        {"normal_hash": normal_hash(each, scope), "words": len(each), "bands": []}
        for each, scope in zip(words, scopes, strict=True)
    ]
    if copies.near is None:
        return keys
    long = [number for number, each in enumerate(words) if len(each) >= copies.min_words]
    shape = banding(copies.near, settings.permutations)
    # All texts of a batch go to the MinHash library together: one call costs more than one text.
    bands = _bands([words[number] for number in long], [scopes[number] for number in long], shape, settings)
    for number, found in zip(long, bands, strict=True):
        keys[number]["bands"] = found
    return keys


def _bands(words: list[list[str]], scopes: list[str], shape: Banding, settings: DeduplicateSettings) -> list[list[int]]:
    sets = [shingles(each, settings.shingle_words) for each in words]
    numbers = [int.from_bytes(hashlib.sha256(scope.encode("utf-8", "surrogatepass")).digest()[:8], "little") for scope in scopes]
    rows: np.ndarray[Any, Any] = band_hashes(sets, numbers, shape)
    return rows.tolist() if len(sets) else []
