import pytest

from ragline.ingest.extract.held_out import remove_lines

SUMMARY = "Fast, Extensible Progress Meter"


@pytest.mark.parametrize(
    "line",
    [
        "Fast, Extensible Progress Meter",
        "## fast,  extensible progress METER.",
        "> **Fast, Extensible** `Progress Meter`!",
        "- [Fast, Extensible Progress Meter](https://tqdm.github.io)",
        "Fast, Extensible\nProgress Meter",
    ],
)
def test_a_line_or_paragraph_that_says_the_summary_is_removed(line):
    assert remove_lines(f"# tqdm\n\n{line}\n\nMore words.\n", [SUMMARY]) == "# tqdm\n\n\nMore words.\n"


def test_a_line_that_says_more_stays():
    text = "# tqdm\n\nFast, Extensible Progress Meter for Python and the shell.\n"
    assert remove_lines(text, [SUMMARY]) == text


def test_nothing_held_out_changes_nothing():
    assert remove_lines("a\n\n\nb\n", []) == remove_lines("a\n\n\nb\n", ["", " "]) == "a\n\n\nb\n"
