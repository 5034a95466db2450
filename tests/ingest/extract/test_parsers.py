import codecs

import pytest

from ragline.ingest.extract.parse.media_types import media_type_of_file, parse
from ragline.ingest.item import ItemRefused


def text_of(content: str | bytes, media_type: str) -> str:
    return parse(content if isinstance(content, bytes) else content.encode(), media_type).text


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.MD", "text/markdown"),
        ("a.rst", "text/x-rst"),
        ("a.htm", "text/html"),
        ("a.txt", "text/plain"),
        ("a", "application/octet-stream"),
    ],
)
def test_a_file_name_says_its_media_type(name, media_type):
    assert media_type_of_file(name) == media_type


def test_a_type_without_a_parser_is_refused_by_name():
    with pytest.raises(ItemRefused, match="No parser reads application/x-shockwave-flash") as refused:
        parse(b"FWS", "application/x-shockwave-flash")
    assert refused.value.reason == "unsupported_type"


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_newlines_are_one_kind_and_nul_is_gone(newline):
    assert text_of(newline.join(["one", "t\x00wo", "three"]), "text/plain") == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    "content", [codecs.BOM_UTF8 + "é".encode(), "é".encode("utf-16"), codecs.BOM_UTF16_BE + "é".encode("utf-16-be")]
)
def test_a_byte_order_mark_says_the_encoding(content):
    assert text_of(content, "text/plain") == "é\n"


def test_a_declared_charset_is_used():
    assert text_of("é".encode("latin-1"), "text/plain; charset=ISO-8859-1") == "é\n"
    with pytest.raises(ItemRefused, match="klingon"):
        parse(b"x", "text/plain; charset=klingon")


def test_plain_text_with_a_short_first_line_has_a_title():
    assert parse(b"Printing\n\nFind the printer.\n", "text/plain").title == "Printing"
    assert parse(b"A line of a paragraph\nthat goes on.\n", "text/plain").title == ""


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


def test_html_is_what_a_reader_sees():
    html = """<!doctype html><html><head><title> Using the
    telescope </title><style>p {}</style></head><body><nav>Home</nav><script>x()</script>
    <h1>Telescope</h1><p>Point <b>north</b>, see <a href="https://x.example/a b">the   map</a> or <a href="#top">top</a>.</p>
    <ol><li>Level it<ul><li>twice</li></ul></li><li><p>Look</p><pre><code class="language-sh">see --far</code></pre></li></ol>
    <table><tr><th>Star</th><th>Mag|nitude</th></tr><tr><td>Vega</td><td>0.03</td></tr></table>
    <blockquote>Never at<br>the Sun</blockquote><p hidden>secret</p></body></html>"""
    parsed = parse(html.encode(), "text/html")
    assert parsed.title == "Using the telescope"
    assert parsed.text == (
        "# Telescope\n\n"
        "Point **north**, see [the map](https://x.example/a%20b) or top.\n\n"
        "1. Level it\n   - twice\n2. Look\n\n   ```sh\n   see --far\n   ```\n\n"
        "| Star | Mag\\|nitude |\n| --- | --- |\n| Vega | 0.03 |\n\n"
        "> Never at\n> the Sun\n"
    )


def test_spanning_cells_keep_their_columns():
    html = (
        "<table><tr><th>Year</th><th>Month</th><th>Cost</th></tr><tr><td rowspan=2>2025</td><td>May</td><td>1</td></tr>"
        "<tr><td>June</td><td>2</td></tr><tr><td colspan=2>Sum</td><td><h3>3</h3></td></tr></table>"
    )
    assert text_of(html, "text/html") == (
        "| Year | Month | Cost |\n| --- | --- | --- |\n| 2025 | May | 1 |\n|  | June | 2 |\n| Sum |  | 3 |\n"
    )


def test_a_table_that_lays_out_a_page_is_read_cell_by_cell():
    html = "<table><tr><td><p>Left</p></td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    assert text_of(html, "text/html") == "Left\n\n| a | b |\n| --- | --- |\n"


def test_a_grid_of_facts_with_a_small_table_in_it_stays_a_grid():
    html = (
        "<table><tr><th>Lamp</th><th>Sizes</th></tr>"
        "<tr><td>Lum</td><td><table><tr><td>S</td><td>M</td></tr></table></td></tr></table>"
    )
    assert text_of(html, "text/html") == "| Lamp | Sizes |\n| --- | --- |\n| Lum | S M |\n"


def test_a_column_of_short_entries_is_a_table_and_one_of_paragraphs_or_lists_is_text():
    assert text_of("<table><tr><th>Town</th></tr><tr><td>Ulm</td></tr></table>", "text/html") == "| Town |\n| --- |\n| Ulm |\n"
    html = "<table><tr><td><ul><li>a</li><li>b</li></ul></td></tr><tr><td><p>Words.</p></td></tr></table>"
    assert text_of(html, "text/html") == "- a\n- b\n\nWords.\n"


def test_columns_without_words_are_left_out():
    html = "<table><tr><td colspan=1000>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    assert text_of(html, "text/html") == "| a | b |\n| --- | --- |\n| c |  |\n"


def test_html_may_declare_its_encoding():
    page = '<html><head><meta charset="iso-8859-1"></head><body>caf\xe9</body></html>'
    assert text_of(page.encode("latin-1"), "text/html") == "café\n"


@pytest.mark.parametrize("html", ["<html></html>", "<!-- only a comment -->", "<script>x()</script>", "<?xml version='1.0'?>"])
def test_html_without_words_has_no_text(html):
    assert text_of(html, "text/html").strip() == ""


def test_restructuredtext_becomes_markdown():
    rest = """
Deploying
=========

Every *merge* builds ``an image``; see `the guide <https://x.example>`_.

Steps
-----

#. Wait::

     sleep 5

#. Look

=====  =====
Stage  Hours
=====  =====
test   1
live   24
=====  =====

:Owner: the platform team

.. code-block:: python

   print("hi")

.. note:: Mind the gap.

.. image:: https://ci.example/badge.svg
   :target: https://ci.example
"""
    parsed = parse(rest.encode(), "text/x-rst")
    assert parsed.title == "Deploying"
    assert parsed.text == (
        "# Deploying\n\n"
        "Every *merge* builds `an image`; see [the guide](https://x.example).\n\n"
        "## Steps\n\n"
        "1. Wait:\n\n   ```\n   sleep 5\n   ```\n2. Look\n\n"
        "| Stage | Hours |\n| --- | --- |\n| test | 1 |\n| live | 24 |\n\n"
        "- **Owner**: the platform team\n\n"
        '```python\nprint("hi")\n```\n\n'
        "Note\n\nMind the gap.\n"
    )


def test_directives_and_roles_of_other_tools_keep_their_words():
    rest = (
        "Use :func:`~json.loads` or :doc:`the guide <guide>`.\n\n.. versionadded:: 3.1\n   Faster now.\n\n"
        ".. toctree::\n   :maxdepth: 2\n\n   one\n"
    )
    assert text_of(rest, "text/x-rst") == "Use `json.loads` or the guide.\n\n3.1 Faster now.\n"


def test_restructuredtext_reads_no_other_file_and_prints_nothing(tmp_path, capfd):
    (tmp_path / "secret.txt").write_text("secret")
    rest = (
        f"Words.\n\n.. include:: {tmp_path}/secret.txt\n\n.. raw:: html\n\n   <b>raw</b>\n\n"
        f".. csv-table::\n   :file: {tmp_path}/secret.txt\n\n`broken\n"
    )
    text = text_of(rest, "text/x-rst")
    assert "secret" not in text.replace(str(tmp_path), "").replace("secret.txt", "")
    assert "raw" not in text
    assert "Words." in text
    assert capfd.readouterr() == ("", "")


def test_a_header_of_fields_gives_the_title():
    pep = "PEP: 8\nTitle: Style Guide\n for Python Code\nAuthor: Guido\n\nIntroduction\n============\n\nWords.\n"
    parsed = parse(pep.encode(), "text/x-rst")
    assert parsed.title == "Style Guide for Python Code"
    assert "# Introduction\n\nWords.\n" in parsed.text
