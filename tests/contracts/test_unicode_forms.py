"""Texts are normalised in pieces, and come out as if they had been normalised whole."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.contracts.unicode_forms import Form, is_normalised, normalised

JOINING = "aé e\u0301\u0315\u1100\u1161\u11a8\uff76\uff9e\u09c7\u09be\ufb01"


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
@given(st.lists(st.text(JOINING, min_size=1, max_size=8), min_size=1, max_size=20), st.integers(1000, 1100))
def test_a_long_text_comes_out_as_it_would_whole(form: Form, words: list[str], length: int) -> None:
    text = ("".join(words) * length)[: 3 * length]

    assert normalised(form, text) == unicodedata.normalize(form, text)
    assert is_normalised(form, text) == unicodedata.is_normalized(form, text)


def test_a_run_of_marks_without_end_is_put_in_order_piece_by_piece() -> None:
    assert normalised("NFC", "a" + "\u0315\u0300" * 50_000).startswith("à\u0300")
