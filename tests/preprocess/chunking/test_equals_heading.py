import pytest

from ragline.preprocess.chunking.equals_heading import equals_heading


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("== History ==", (2, "History")),
        ("==History==", (2, "History")),
        (" = = = Early life = = = ", (3, "Early life")),
        ("= Title =", (1, "Title")),
    ],
)
def test_closed_heading(line: str, heading: tuple[int, str]) -> None:
    assert equals_heading(line, False) == heading


def test_open_heading_stands_after_a_blank_line() -> None:
    assert equals_heading("== Install", True) == (2, "Install")
    assert equals_heading("== Install", False) is None


@pytest.mark.parametrize("line", ["====", "= =", "=> result", "x == y", "=SUM(A1)", "= 3", "======= a =======", "= " + "a" * 300])
def test_other_lines_are_no_headings(line: str) -> None:
    assert equals_heading(line, True) is None
