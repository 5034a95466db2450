"""What stands inside a paragraph of HTML, as Markdown: emphasis, code, links, the words of images."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from ragline.ingest.extract.parse.decoration import is_decoration

_EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_CODE = {"code", "tt", "kbd", "samp"}
INLINE_TAGS = {
    *_EMPHASIS, *_CODE,
    "a", "abbr", "acronym", "big", "br", "cite", "del", "dfn", "font", "img", "ins", "label", "mark", "q", "s", "small",
    "span", "strike", "sub", "sup", "time", "u", "var", "wbr", "bdi", "bdo", "button", "math",
}  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\f\v\n]+")


def inline_content(element: HtmlElement) -> str:
    """All that is inside an element, on as many lines as it has breaks."""
    return "".join(_inline_parts(element))


def _inline_parts(element: HtmlElement) -> Iterator[str]:
    yield collapse(element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield inline(child)
        yield collapse(child.tail)


def inline(element: HtmlElement) -> str:
    """An inline element with its content."""
    tag = element.tag
    if tag == "br":
        return "\n"
    if tag == "img":
        return _image(element)
    if tag in _CODE or (tag == "span" and "literal" in element.get("class", "").split()):
        return _code_span(element)
    text = inline_content(element)
    if tag == "a":
        return _link(element, text)
    if (mark := _EMPHASIS.get(tag)) and text.strip() and not text.strip().startswith(mark):
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{lead}{mark}{text.strip()}{mark}{trail}"
    return text


def _code_span(element: HtmlElement) -> str:
    code = " ".join(element.text_content().split())
    if not code:
        return ""
    return f"`` {code} ``" if "`" in code else f"`{code}`"


def _image(element: HtmlElement) -> str:
    alt = " ".join(element.get("alt", "").split())
    source = element.get("src", "")
    # docutils gives an image without words its address as alt text.
    return "" if alt == source or is_decoration(source, alt) or element.getparent().tag == "a" else alt


def _link(element: HtmlElement, text: str) -> str:
    target = element.get("href", "").strip()
    words = " ".join(text.split())
    if not words or not target.startswith(("http://", "https://")) or words == target:
        return text
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}[{words}]({target.replace(' ', '%20')}){trail}"


def collapse(text: str | None) -> str:
    """Runs of blanks and newlines as one space."""
    return _BLANKS.sub(" ", text) if text else ""


def tidy_inline(text: str) -> str:
    """No double spaces, none at the ends of lines."""
    return "\n".join(line.strip(" \t") for line in re.sub(r" {2,}", " ", text).split("\n")).strip()
