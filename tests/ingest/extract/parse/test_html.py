import pytest

from ragline.ingest.extract.parse.media_types import parse
from tests.ingest.extract.parse.parsed import text_of


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


def test_html_may_declare_its_encoding():
    page = '<html><head><meta charset="iso-8859-1"></head><body>caf\xe9</body></html>'
    assert text_of(page.encode("latin-1"), "text/html") == "café\n"


@pytest.mark.parametrize("html", ["<html></html>", "<!-- only a comment -->", "<script>x()</script>", "<?xml version='1.0'?>"])
def test_html_without_words_has_no_text(html):
    assert text_of(html, "text/html").strip() == ""
