import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.runtime.shown_text import shown, shown_json, shown_lines

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SPECIAL = "\x00\x07\x1b\r\n\t\x9b\x85\u2028" + OVERRIDES + "a["
ANY = st.text(st.characters(), max_size=40) | st.text(st.sampled_from(SPECIAL), max_size=20)


@given(ANY)
def test_nothing_that_acts_on_a_terminal_is_left(text):
    for character in shown(text):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert character not in OVERRIDES
    left = {c for c in shown_lines(text) if unicodedata.category(c) in ("Cc", "Cs") or c in OVERRIDES}
    assert left <= {"\n", "\t"}


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M"]), max_size=40))
def test_text_that_people_write_stays_as_it_is(text):
    assert shown(text) == text == shown_lines(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b31m", r"\x9b31m"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("a\r\nb\tc", "a b c"),
        ("\udc80", r"\udc80"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("👩\u200d🔬 \u05d0\u200f", "👩\u200d🔬 \u05d0\u200f"),
    ],
)
def test_what_it_looks_like(text, line):
    assert shown(text) == line


def test_a_long_text_is_cut():
    assert shown("a" * 10, 5) == "aaaa…"
    assert shown("aaaaa", 5) == "aaaaa"


@given(st.dictionaries(ANY, ANY | st.integers() | st.none()))
def test_json_is_the_same_data_without_what_acts(value):
    text = shown_json(value)
    assert json.loads(text) == value
    assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cs") or c in OVERRIDES} - {"\n"}
