"""ODT and ODP: their XML, read by lxml, renamed to HTML, which is then read like any page.

Of the libraries compared none with a permissive licence reads ODP; on ODT this gives better text and table cells than they
do (benchmarks/results/parsers.md).
"""

import io
import zipfile
from collections.abc import Sequence

import lxml.html
from lxml import etree

from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.dates import iso_date
from ragline.ingest.extract.parse.markdown import first_heading
from ragline.ingest.extract.parse.markup_to_markdown import blocks_of
from ragline.ingest.extract.parse.media_types import ODP
from ragline.ingest.extract.parse.pages import joined_pages
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.parse.safe_xml import parse_xml
from ragline.ingest.item import ItemRefused

_LARGEST_PART = 200 * 2**20
_WIDEST = 50  # cells that one repeated cell may stand for; sheets say 1024 to mean "the rest of the row"
_TAGS = {
    "p": "p",
    "list": "ul",
    "list-item": "li",
    "list-header": "li",
    "table": "table",
    "table-row": "tr",
    "table-cell": "td",
    "covered-table-cell": "none",
    "span": "span",
    "a": "a",
    "line-break": "br",
    "frame": "div",
    "text-box": "div",
    "section": "div",
    "note-body": "span",
    "custom-shape": "div",
    "table-header-rows": "tbody",
    "table-rows": "tbody",
    "g": "div",
    "text": "div",
    "index-body": "div",
    "rect": "div",
    "ellipse": "div",
    "note": "span",
}
_DROPPED = {
    "tracked-changes",
    "annotation",
    "note-citation",
    "notes",
    "sequence-decls",
    "forms",
    "desc",
    "title",
    "index-title-template",
    "table-of-content",
    "page-number",
    "page-count",
    "enhanced-geometry",
    "bookmark-start",
}


def parse(content: bytes, media_type: str) -> Parsed:
    """Title, text and properties; each slide of a presentation is a page."""
    parts = _parts(content)
    body = next(iter(parts["content.xml"].iterfind(".//{*}body/*")), None)
    if body is None:
        raise ItemRefused("parse_error", "Its content.xml has no body.")
    ordered = _ordered_lists(parts)
    if media_type == ODP:
        text, starts = joined_pages(_markdown(page, ordered) for page in body.iterfind("{*}page"))
    else:
        text, starts = _markdown(body, ordered), ()
    metadata, title = _properties(parts.get("meta.xml"))
    return Parsed(title or first_heading(text), text, metadata, starts)


def _parts(content: bytes, wanted: Sequence[str] = ("content.xml", "styles.xml", "meta.xml")) -> dict[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = set(package.namelist())
        if "META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise ItemRefused("encrypted", "An OpenDocument protected by a password.")
        if "content.xml" not in names:
            raise ItemRefused("parse_error", "An OpenDocument without content.xml.")
        there = [name for name in wanted if name in names]
        if any(package.getinfo(name).file_size > _LARGEST_PART for name in there):
            raise ItemRefused("archive_too_large", "Its XML unpacks to more than 200 MiB.")
        return {name: parse_xml(package.read(name)) for name in there}


def _ordered_lists(parts: dict[str, etree._Element]) -> set[str]:
    """Names of the list styles whose first level is numbered."""
    found = set()
    for part in parts.values():
        for style in part.iter("{*}list-style"):
            first = next(iter(style), None)
            if first is not None and etree.QName(first).localname == "list-level-style-number":
                found.add(_attribute(style, "name"))
    return found


def _markdown(element: etree._Element, ordered: set[str]) -> str:
    root = lxml.html.Element("div")
    _copy_children(element, root, ordered)
    return tidy(clean_text("\n\n".join(blocks_of(root))))


def _copy_children(source: etree._Element, target: lxml.html.HtmlElement, ordered: set[str]) -> None:
    _append_text(target, source.text)
    for child in source:
        if isinstance(child.tag, str):
            _copy(child, target, ordered)
        _append_text(target, child.tail)


def _copy(source: etree._Element, target: lxml.html.HtmlElement, ordered: set[str]) -> None:
    name = etree.QName(source).localname
    if name in _DROPPED:
        return
    if name in ("s", "tab"):
        _append_text(target, " ")
        return
    if name not in _TAGS and name != "h":  # what is not known is looked through
        _copy_children(source, target, ordered)
        return
    made = lxml.html.Element(_tag(source, name, ordered))
    for attribute, html in (("number-columns-spanned", "colspan"), ("number-rows-spanned", "rowspan"), ("href", "href")):
        if value := _attribute(source, attribute):
            made.set(html, value)
    if made.tag != "none":
        target.append(made)
        _copy_children(source, made, ordered)
        _repeat(source, made, target, ordered)


def _tag(source: etree._Element, name: str, ordered: set[str]) -> str:
    if name == "h":
        level = _attribute(source, "outline-level")
        return f"h{min(6, max(1, int(level)))}" if level.isdigit() else "h1"
    if name == "list" and _attribute(source, "style-name") in ordered:
        return "ol"
    if name == "frame" and _attribute(source, "class") == "title":
        return "h1"
    return _TAGS[name]


def _repeat(source: etree._Element, made: lxml.html.HtmlElement, target: lxml.html.HtmlElement, ordered: set[str]) -> None:
    # A table in a repeated cell, in a table in a repeated cell …, would be a bomb.
    repeats = made.tag == "td" and next(made.iterdescendants("table"), None) is None
    count = _attribute(source, "number-columns-repeated") if repeats else ""
    for _ in range(min(int(count), _WIDEST) - 1 if count.isdigit() else 0):
        again = lxml.html.Element("td")
        target.append(again)
        _copy_children(source, again, ordered)


def _append_text(target: lxml.html.HtmlElement, text: str | None) -> None:
    if not text:
        return
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def ods_properties(content: bytes) -> tuple[dict[str, object], str]:
    """Properties and title of a spreadsheet, whose text another library reads.

    Raises:
        ItemRefused: ``encrypted``, ``parse_error``, ``unsafe_xml``.
    """
    return _properties(_parts(content, ("meta.xml",)).get("meta.xml"))


def _properties(meta: etree._Element | None) -> tuple[dict[str, object], str]:
    if meta is None:
        return {}, ""
    found: dict[str, list[str]] = {}
    for element in meta.iterfind(".//{*}meta/*"):
        if isinstance(element.tag, str) and (words := clean_text(element.text or "").strip()):
            found.setdefault(etree.QName(element).localname, []).append(words)

    def first(name: str) -> str:
        return found.get(name, [""])[0]

    properties = {
        "authors": found.get("initial-creator") or found.get("creator") or [],
        "created": iso_date(first("creation-date")[:19]),
        "modified": iso_date(first("date")[:19]),
        "language": first("language"),
        "subject": first("subject"),
        "keywords": found.get("keyword", []),
    }
    return {name: value for name, value in properties.items() if value}, " ".join(first("title").split())
