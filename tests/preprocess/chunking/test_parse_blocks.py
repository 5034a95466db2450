from hypothesis import given
from hypothesis import strategies as st

from ragline.preprocess.chunking.parse_blocks import parse_blocks


def parts(text: str) -> list[str]:
    return [text[stretch.start : stretch.end] for stretch in parse_blocks(text)]


def test_text_is_cut_before_headings() -> None:
    assert parts("a\n\n# b\n\nc\n== d ==\ne") == ["a\n\n", "# b\n\nc\n", "== d ==\n", "e"]


def test_fenced_code_is_not_cut() -> None:
    text = "```\na\n\n# not a heading\n\n== nor this ==\n```\n\n# b\n"
    assert parts(text) == [text[: text.index("# b")], "# b\n"]


def test_long_section_is_cut_at_a_blank_line() -> None:
    text = ("word " * 20 + "\n\n") * 3000
    assert [len(part) for part in parts(text)] == [100_062] * 3 + [len(text) - 3 * 100_062]


def test_text_without_blank_lines_is_cut_too() -> None:
    assert [len(part) for part in parts("- item\n" * 400_000)] == [1_000_006, 1_000_006, 799_988]


@given(st.text(alphabet="ab#`~=-> \n", max_size=200))
def test_stretches_are_the_whole_text(text: str) -> None:
    assert "".join(parts(text)) == text
