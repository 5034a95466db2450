import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.preprocess.cleaning.normalise import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x0cb\u2028c", "a\nb\nc"),
        ("bell\x07 nul\x00", "bell nul"),
        ("\ufeffsoft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("cafe\u0301", "caf\u00e9"),
        ("K\u212b", "K\u00c5"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("trailing \t\u00a0\nend  ", "trailing\nend"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("tab\tstays", "tab\tstays"),
        ("ab\u200dc", "abc"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
)
def test_normalises(text: str, expected: str) -> None:
    assert normalise(text).text == expected


def test_word_after_a_composed_letter_keeps_its_place() -> None:
    result = normalise("cafe\u0301 noir")
    start = result.text.index("noir")
    assert (result.origin_of_start(start), result.origin_of_end(start + 4)) == (6, 10)


@given(st.text(max_size=60))
def test_result_is_composed_and_free_of_controls(text: str) -> None:
    result = normalise(text).text
    assert unicodedata.is_normalized("NFC", result)
    assert not [character for character in result if unicodedata.category(character) == "Cc" and character not in "\n\t"]


@given(st.text(alphabet=st.characters(categories=("L", "M")), max_size=60))
def test_letters_and_marks_are_composed_as_a_whole_would_be(text: str) -> None:
    assert normalise(text).text == unicodedata.normalize("NFC", text)
