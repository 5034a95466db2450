"""HTML, by lxml: what a reader sees, as Markdown."""

import lxml.html
from bs4.dammit import EncodingDetector
from lxml import etree

from ragline.ingest.extract.parse.clean import tidy
from ragline.ingest.extract.parse.dates import iso_date
from ragline.ingest.extract.parse.decoding import decode
from ragline.ingest.extract.parse.flat_html import words_of
from ragline.ingest.extract.parse.markup_to_markdown import blocks_of, plain_text_of
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.parse.properties import properties

_UNSEEN = "//script|//style|//nav|//template|//noscript|//svg|//iframe|//object|//head|//comment()|//processing-instruction()"
_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author")
_CREATED = ("article:published_time", "datepublished", "dcterms.created", "dc.date", "dcterms.date", "date", "citation_date")
_MODIFIED = ("article:modified_time", "og:updated_time", "dcterms.modified", "last-modified", "revised")
_DEEPEST = 2000
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
    metadata = _properties(root)
    for element in (*root.xpath(_UNSEEN), *root.xpath(_HIDDEN)):
        if element.getparent() is not None:
            element.drop_tree()
    return Parsed(title, tidy("\n\n".join(_blocks(root, markup))), metadata)


def _properties(root: lxml.html.HtmlElement) -> dict[str, object]:
    """The properties in the page's ``<meta>`` elements, by their usual names."""
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        if name and (content := element.get("content", "").strip()):
            found.setdefault(name, []).append(content)

    def values_of(*names: str) -> list[str]:
        return [value for name in names for value in found.get(name, ())]

    return properties(
        authors=[name for name in values_of(*_AUTHOR) if not name.startswith("http")],
        created=next(filter(iso_date, values_of(*_CREATED)), None),
        modified=next(filter(iso_date, values_of(*_MODIFIED)), None),
        language=next(iter([*root.xpath("/html/@lang"), *values_of("dc.language")]), None),
        subject=next(iter(values_of("dc.subject", "dcterms.subject")), None),
        keywords=[word for words in values_of("keywords", "article:tag") for word in words.split(",")],
    )


def _blocks(root: lxml.html.HtmlElement, markup: str) -> list[str]:
    """The page's blocks; of one that nests too deep the words alone: libxml2 leaves out what is below its limit."""
    if root.xpath("boolean(" + "/*" * _DEEPEST + ")"):
        return words_of(markup)
    try:
        return blocks_of(root)
    except RecursionError:
        return words_of(markup)


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
