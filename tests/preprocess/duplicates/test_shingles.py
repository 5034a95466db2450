import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ragline.preprocess.duplicates.shingles import jaccard, normal_words, shingles


def test_case_and_spacing_make_no_difference() -> None:
    assert normal_words("Hello\n\n  World") == normal_words("hello world") == ["hello", "world"]


def test_a_script_without_blanks_is_compared_by_characters() -> None:
    assert normal_words("東京都は日本の首都であり、人口が最も多い都市です。") == [
        *"東京都は日本の首都であり、人口が最も多い都市です。"
    ]


def test_there_is_a_shingle_for_every_place_that_it_fits_in() -> None:
    found = shingles(["a", "b", "c", "d", "a", "b", "c"], 3)
    assert len(found) == 5
    assert found[0] == found[4]
    assert len(set(found.tolist())) == 4


def test_the_order_of_words_counts() -> None:
    assert shingles(["a", "b"], 2).tolist() != shingles(["b", "a"], 2).tolist()


def test_short_texts_are_one_shingle_and_empty_ones_none() -> None:
    assert len(shingles(["a", "b"], 5)) == 1
    assert len(shingles([], 5)) == 0


def test_similarity_is_the_share_of_shingles_in_common() -> None:
    # Of 1-grams: {a, b, c} and {b, c, d} share two of four.
    left, right = (np.unique(shingles(words.split(), 1)) for words in ("a b c", "b c d"))
    assert jaccard(left, right) == 0.5
    assert jaccard(left, left) == 1.0
    assert jaccard(left, np.empty(0, np.uint64)) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), max_size=30), st.lists(st.sampled_from("abcdef"), max_size=30), st.integers(1, 7))
def test_hashes_agree_with_the_words_themselves(left: list[str], right: list[str], width: int) -> None:
    def grams(words: list[str]) -> set[tuple[str, ...]]:
        count = max(1, len(words) - width + 1) if words else 0
        return {tuple(words[at : at + min(width, len(words))]) for at in range(count)}

    ours = jaccard(np.unique(shingles(left, width)), np.unique(shingles(right, width)))
    both, either = grams(left) & grams(right), grams(left) | grams(right)
    assert ours == (len(both) / len(either) if left and right else 0.0)


def test_another_process_gets_the_same_hashes() -> None:
    code = "from ragline.preprocess.duplicates.shingles import shingles; print(shingles(['some', 'words'], 2)[0])"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": "jobs"})
    assert int(other.stdout) == shingles(["some", "words"], 2)[0]
