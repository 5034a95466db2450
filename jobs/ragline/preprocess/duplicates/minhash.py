"""MinHash signatures and their bands: texts that share a band are candidates for near-copies.

Source: Broder, "On the resemblance and containment of documents" (1997); banding: Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragline.preprocess.duplicates.shingles import Hashes

_SEED = 42
# A pair exactly at the threshold should be missed this rarely at most.
_MISS = 0.01


@dataclass(frozen=True)
class Banding:
    """A signature of ``bands`` times ``rows`` minima; two texts are candidates if all rows of one band agree."""

    bands: int
    rows: int

    def candidate_probability(self, similarity: float) -> float:
        """How likely a pair of this Jaccard similarity shares a band."""
        return 1 - (1 - similarity**self.rows) ** self.bands


def banding(threshold: float, permutations: int) -> Banding:
    """The longest bands, and so the fewest needless candidates, that find pairs at the threshold nearly always."""
    for rows in range(min(16, permutations), 1, -1):
        shape = Banding(permutations // rows, rows)
        if shape.candidate_probability(threshold) >= 1 - _MISS:
            return shape
    return Banding(permutations, 1)


def band_hashes(shingle_sets: Sequence[Hashes], scopes: Sequence[int], shape: Banding) -> NDArray[np.int64]:
    """One row for each set, one hash for each band: shape (sets, bands).

    ``scopes`` are mixed in, so that texts of different scopes share none. A set must not be empty.
    """
    from rensa import RMinHash

    if not shingle_sets:
        return np.empty((0, shape.bands), np.int64)
    offsets = np.cumsum([0, *map(len, shingle_sets)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(shingle_sets), offsets, shape.bands * shape.rows, _SEED)
    signatures = np.array(matrix.to_rows(), dtype=np.uint64).reshape(len(shingle_sets), shape.bands, shape.rows)
    numbers = np.arange(1, shape.bands + 1, dtype=np.uint64)
    mixed: Hashes = np.add.outer(np.array(scopes, dtype=np.uint64), numbers).astype(np.uint64)
    for row in range(shape.rows):
        mixed = (mixed ^ signatures[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
    return mixed.view(np.int64)
