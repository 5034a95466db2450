"""Code spans are those that the plain, slow pattern finds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ragline.ingest.extract.parse.code_spans import code_spans

_PLAIN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


def test_a_span_reaches_from_a_run_of_ticks_to_the_next_of_the_same_length() -> None:
    text = "Say `a`, ``b ` c`` and ```d `e`."

    assert [text[start:end] for start, end in code_spans(text)] == ["`a`", "``b ` c``", "`d `"]


@given(st.text("``` a\n", max_size=40))
def test_spans_are_those_of_the_plain_pattern(text: str) -> None:
    assert list(code_spans(text)) == [found.span() for found in _PLAIN.finditer(text)]
