"""HTML, by lxml: what a reader sees, as Markdown."""

import lxml.html
from bs4.dammit import EncodingDetector
from lxml import etree

from ragline.ingest.parse.clean import tidy
from ragline.ingest.parse.decoding import decode
from ragline.ingest.parse.markup_to_markdown import blocks_of, plain_text_of
from ragline.ingest.parse.parsed import Parsed

_UNSEEN = "//script|//style|//nav|//template|//noscript|//svg|//iframe|//object|//head|//comment()|//processing-instruction()"
_HIDDEN = "//*[@hidden or @aria-hidden='true']"


def parse(content: bytes, charset: str | None = None) -> Parsed:
    """Title (of ``<title>``, or the first heading) and text of an HTML page.

    The encoding is the one declared in the page, if any.
    """
    declared = charset or EncodingDetector.find_declared_encoding(content, is_html=True)
    return parse_markup(decode(content, declared))


def parse_markup(markup: str) -> Parsed:
    """The same for HTML that is text already, a whole page or a part of one."""
    root = _tree(markup)
    if root is None:
        return Parsed("", "")
    title = plain_text_of(root.find(".//title")) or plain_text_of(next(iter(root.xpath("//h1|//h2|//h3")), None))
    for element in (*root.xpath(_UNSEEN), *root.xpath(_HIDDEN)):
        if element.getparent() is not None:
            element.drop_tree()
    return Parsed(title, tidy("\n\n".join(_blocks(root))))


def _blocks(root: lxml.html.HtmlElement) -> list[str]:
    try:
        return blocks_of(root)
    except RecursionError:  # tags that were never closed, hundreds deep: the words are there all the same
        return [" ".join(words.split()) for words in root.itertext() if words.strip()]


def _tree(markup: str) -> lxml.html.HtmlElement | None:
    # An XML declaration would be refused in text, and huge_tree lifts libxml2's limits on depth and length.
    body = markup.lstrip()
    if body.startswith("<?xml"):
        body = body.partition("?>")[2]
    if not body.strip():
        return None
    try:
        return lxml.html.document_fromstring(body, parser=lxml.html.HTMLParser(huge_tree=True))
    except etree.ParserError:
        return None
