import numpy as np
import pytest

from ragline.preprocess.duplicates.minhash import Banding, band_hashes, banding
from ragline.preprocess.duplicates.shingles import Hashes

SHAPE = Banding(20, 6)


def pair(similarity: float, seed: int, size: int = 600) -> tuple[Hashes, Hashes]:
    """Two sets of this size and Jaccard similarity."""
    shared = round(2 * size * similarity / (1 + similarity))
    numbers = np.random.default_rng(seed).integers(0, 2**64, size=2 * size - shared, dtype=np.uint64)
    return numbers[:size], numbers[size - shared :]


def test_probability_follows_the_published_formula() -> None:
    assert Banding(20, 5).candidate_probability(0.8) == pytest.approx(0.99964, abs=1e-5)  # Mining of Massive Datasets, 3.4.2
    assert Banding(20, 5).candidate_probability(0.2) == pytest.approx(0.006, abs=1e-3)


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9, 0.95])
def test_bands_find_pairs_at_the_threshold_and_are_no_shorter_than_they_must(threshold: float) -> None:
    shape = banding(threshold, 120)
    assert shape.candidate_probability(threshold) >= 0.99
    assert Banding(120 // (shape.rows + 1), shape.rows + 1).candidate_probability(threshold) < 0.99


def test_pairs_share_bands_as_often_as_theory_says() -> None:
    for similarity, low, high in ((0.3, 0.0, 0.06), (0.9, 0.99, 1.0)):
        sets = [some for seed in range(150) for some in pair(similarity, seed)]
        bands = band_hashes(sets, [0] * len(sets), SHAPE)
        shared = (bands[0::2] == bands[1::2]).any(axis=1).mean()
        assert low <= shared <= high


def test_scopes_keep_equal_texts_apart_and_bands_of_one_text_differ() -> None:
    (some, _) = pair(1.0, 1)
    bands = band_hashes([some, some, some], [0, 1, 0], SHAPE)
    assert bands.shape == (3, 20)
    assert (bands[0] == bands[2]).all()
    assert not (bands[0] == bands[1]).any()
    assert len(set(bands[0].tolist())) == 20


def test_no_texts_have_no_bands() -> None:
    assert band_hashes([], [], SHAPE).shape == (0, 20)
