"""Markdown: taken as it is, but for front matter, badges, inline HTML and link definitions.

Block structure is found by markdown-it-py (CommonMark and GFM tables), so that code is never touched.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ragline.ingest.extract.parse.brackets import up_to
from ragline.ingest.extract.parse.clean import tidy
from ragline.ingest.extract.parse.code_spans import code_spans
from ragline.ingest.extract.parse.decoding import decode
from ragline.ingest.extract.parse.decoration import is_decoration
from ragline.ingest.extract.parse.html import parse_markup
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.parse.properties import listed, properties

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_WORDS, _ADDRESS = up_to(r"\]"), up_to(r"()\s")
_QUOTED = '(?:"' + up_to('"') + "\"|'" + up_to("'") + "')"
_PARTS_OF_ADDRESS = rf"{_ADDRESS}(?:\({_ADDRESS}\){_ADDRESS}){{0,8}}+"
_TARGET = rf"(?:\(\s*+(?:{_PARTS_OF_ADDRESS}(?:\s++{_QUOTED})?+|(?<=\s){_QUOTED})\s*+\)|\[{_WORDS}\])"
_LINKED_IMAGE = re.compile(rf"\[\s*+!\[{_WORDS}\]{_TARGET}?\s*+\]{_TARGET}?")
_IMAGE = re.compile(rf"!\[(?P<alt>{_WORDS})\](?:\(\s*+(?P<address>{_ADDRESS}){up_to('()')}\)|\[(?P<label>{_WORDS})\])?")
_REFERENCE = re.compile(r"(?<![\]!])\[(?P<words>[^\[\]]+)\](?:\[(?P<label>[^\[\]]*)\])?(?![(\[:])")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_VALUE = r"(?:\"[^\"<]*+(?:<[^\"<]*+){0,2}+\"|'[^'<]*+(?:<[^'<]*+){0,2}+'|[^\s\"'<>]++)"
_TAG = re.compile(rf"</?[A-Za-z][A-Za-z0-9-]*+(?:\s++[A-Za-z_:@][\w:.-]*+(?:\s*+=\s*+{_VALUE})?+){{0,40}}+\s*+/?>")
_WORD_AFTER_TAG, _WORD = re.compile(r">[^<>\w]*+\w"), re.compile(r"\w")
_NEAR = 50_000  # characters: a title further down is none, and a long table takes long to parse
References = Mapping[str, Mapping[str, Any]]


def parse(content: bytes, charset: str | None = None) -> Parsed:
    """Title (of the front matter, or the first heading) and text of a Markdown document."""
    text = decode(content, charset)
    fields, text = _without_front_matter(text)
    environment: dict[str, Any] = {}
    tokens = MarkdownIt("commonmark").enable("table").parse(text, environment)
    text = _rewritten(text, tokens, environment.get("references", {}))
    title = fields.get("title")
    front_title = " ".join(title.split()) if isinstance(title, str) else ""
    return Parsed(front_title or first_heading(text), tidy(text), _properties(fields))


def _properties(fields: Mapping[Any, Any]) -> dict[str, object]:
    """The properties in front matter, by the names that site generators use."""

    def first(*names: str) -> Any:
        return next((fields[name] for name in names if fields.get(name)), None)

    authors = first("authors", "author")
    named = [one.get("name") if isinstance(one, dict) else one for one in authors] if isinstance(authors, list) else [authors]
    return properties(
        authors=named,
        created=first("date", "created", "published"),
        modified=first("lastmod", "modified", "updated", "last_modified"),
        language=first("lang", "language"),
        subject=first("subject"),
        keywords=listed(first("keywords", "tags")),
    )


def _without_front_matter(text: str) -> tuple[Mapping[Any, Any], str]:
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    try:
        fields = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError):  # a date that is none is a ValueError
        return {}, text
    if not isinstance(fields, dict):  # a paragraph between two rules
        return {}, text
    return fields, text[found.end() :]


def first_heading(text: str) -> str:
    """The words of the first heading near the beginning of a Markdown text, "" if there is none."""
    tokens = MarkdownIt("commonmark").parse(text[:_NEAR])
    for token, content in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open" and (title := _words(content)):
            return title
    return ""


def _words(token: Token) -> str:
    parts = [child.content if child.type in ("text", "code_inline") else " " * child.type.endswith("break")
             for child in token.children or ()]  # fmt: skip
    return " ".join("".join(parts).split())


def _rewritten(text: str, tokens: list[Token], references: References) -> str:
    """The text with its HTML blocks as Markdown and its inline noise gone; other lines are left alone."""
    lines = text.split("\n")
    for token in tokens:
        if token.map is None:
            continue
        start, end = token.map
        if token.type == "html_block":
            _replace(lines, start, end, _html_as_markdown("\n".join(lines[start:end]), references))
        elif token.type == "inline":
            _replace(lines, start, end, _clean_inline("\n".join(lines[start:end]), references))
    for reference in references.values():
        start, end = reference.get("map", (0, 0))
        _replace(lines, start, end, "")
    return "\n".join(line for line in lines if line != _GONE)


_GONE = "\x00gone"


def _replace(lines: list[str], start: int, end: int, text: str) -> None:
    """Put ``text`` on the lines from start to end, without moving any other line."""
    lines[start:end] = [text, *[_GONE] * (end - start - 1)]


def _html_as_markdown(markup: str, references: References) -> str:
    markup = _without_comments(markup)
    # CommonMark ends an HTML block at an empty line, so a table, say, may come in pieces, and Markdown may stand in it.
    if not _WORD_AFTER_TAG.search(markup) and not any(map(_is_outside_tags, markup.split("\n"))):
        return ""
    return _clean_inline(parse_markup(markup).text.rstrip("\n"), references)


def _clean_inline(text: str, references: References) -> str:
    """The text of a block with badges, images, tags and comments gone, code spans untouched."""
    codes: list[str] = []
    parts: list[str] = []
    done = 0
    for start, end in code_spans(text):
        parts += (text[done:start], f"\x00{len(codes)}\x00")  # clean text has no NUL
        codes.append(text[start:end])
        done = end
    words = _clean_words("".join([*parts, text[done:]]), references)
    return re.sub(r"\x00(\d+)\x00", lambda found: codes[int(found[1])], words)


def _is_outside_tags(line: str) -> bool:
    """Whether a line has words and no part of a tag after them."""
    return "<" not in line and _WORD.search(line.rpartition(">")[2]) is not None


def _without_comments(text: str) -> str:
    """The text without HTML comments; one that is never closed stays."""
    parts: list[str] = []
    done = 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[done:start])
        done = end + 3
    return "".join([*parts, text[done:]])


def _clean_words(text: str, references: References) -> str:
    if not any(mark in text for mark in "[<"):
        return text
    text = _LINKED_IMAGE.sub("", text)
    text = _IMAGE.sub(lambda found: _image_words(found, references), text)
    text = _BREAK.sub("\n", _without_comments(text))
    text = _TAG.sub("", text)
    return _REFERENCE.sub(lambda found: _inline_link(found, references), text) if references else text


def _image_words(found: re.Match[str], references: References) -> str:
    address = found["address"] or _address(found["label"] or found["alt"], references)
    return "" if is_decoration(address, found["alt"]) else found["alt"]


def _inline_link(found: re.Match[str], references: References) -> str:
    address = _address(found["label"] or found["words"], references)
    return f"[{found['words']}]({address})" if address else found[0]


def _address(label: str, references: References) -> str:
    normal = " ".join(label.split()).upper()
    return str(references[normal]["href"]) if normal in references else ""
