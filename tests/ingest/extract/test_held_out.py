import pytest

from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.held_out import remove_lines
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.extracted import only

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


@pytest.mark.shared_data
def test_pages_keep_their_places_when_a_line_is_held_out(shared_data):
    content = (shared_data / "docling_samples/pdf/sources/multi_page.pdf").read_bytes()
    before = only(content).parsed
    second = before.text[before.page_starts[1] :][:40]
    (part,) = extract(ParseRequest(content, "", held_out_lines=("The Evolution of the Word Processor",)))
    assert "Evolution of the Word Processor\n" not in part.parsed.text
    assert part.parsed.text[part.parsed.page_starts[1] :].startswith(second)
