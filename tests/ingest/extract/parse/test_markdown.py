from ragline.ingest.extract.parse.media_types import parse
from tests.ingest.extract.parse.parsed import text_of


def test_markdown_title_is_that_of_the_front_matter_or_the_first_heading():
    assert parse(b"---\ntitle: From the  front\ntags: [a]\n---\n# Heading\n", "text/markdown").title == "From the front"
    assert parse(b"Intro\n\nA *nice* `code` heading\n===\n", "text/markdown").title == "A nice code heading"
    assert parse(b"```\n# not a heading\n```\n\n## Real\n", "text/markdown").title == "Real"


def test_what_is_not_front_matter_stays():
    assert text_of("---\nwords between rules\n---\n\nMore.\n", "text/markdown") == "---\nwords between rules\n---\n\nMore.\n"
    assert text_of("---\na: [unclosed\n---\nMore.\n", "text/markdown") == "---\na: [unclosed\n---\nMore.\n"


def test_markdown_is_taken_as_it_is():
    text = "# T\n\n* a\n* b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n    indented\n\nSee [docs](https://x.example/a_(b)) and <https://y.example>.\n"
    assert text_of(text, "text/markdown") == text


def test_badges_go_and_words_stay():
    markdown = (
        "# Tool [![PyPI](https://img.shields.io/pypi/v/tool.svg)](https://pypi.org/p/tool)\n\n"
        "[![CI][ci]][ci-link] ![logo](logo.png)\n![A diagram of the parts](parts.png)\n\n"
        "[![DOI](\nhttps://img.shields.io/doi.svg)](\nhttps://doi.example)\n\n"
        "See [the docs][docs] and [docs].\n\n"
        "[ci]: https://ci.example/badge.svg\n[ci-link]: https://ci.example\n[docs]: https://docs.example 'Docs'\n"
    )
    expected = "# Tool\n\n\nA diagram of the parts\n\n\nSee [the docs](https://docs.example) and [docs](https://docs.example).\n"
    assert text_of(markdown, "text/markdown") == expected


def test_inline_html_becomes_text_but_not_in_code():
    markdown = (
        '<p align="center"><img src="https://img.shields.io/x.svg"></p>\n\n'
        "<h2>Usage</h2>\n\nPress <kbd>Ctrl</kbd><br>then `<b>` <!-- a note --> here.\n\n```html\n<p>kept</p>\n```\n"
    )
    assert text_of(markdown, "text/markdown") == "## Usage\n\nPress Ctrl\nthen `<b>`  here.\n\n```html\n<p>kept</p>\n```\n"
