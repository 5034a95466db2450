"""An HTML tree as Markdown blocks: headings, paragraphs, lists, tables, code; links and emphasis inside them.

Written here because none of the libraries this project installs does it; it aims at text that reads and
chunks well, not at a faithful rendering.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from ragline.ingest.parse.decoration import is_decoration

_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_CODE = {"code", "tt", "kbd", "samp"}
_INLINE = {
    *_EMPHASIS, *_CODE,
    "a", "abbr", "acronym", "big", "br", "cite", "del", "dfn", "font", "img", "ins", "label", "mark", "q", "s", "small",
    "span", "strike", "sub", "sup", "time", "u", "var", "wbr", "bdi", "bdo", "button", "math",
}  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\f\v\n]+")
_AROUND_BREAK = re.compile(r"[ \t]*\n[ \t]*")


def blocks_of(element: HtmlElement) -> list[str]:
    """The element's content as Markdown blocks, to be joined by empty lines."""
    found: list[str] = []
    line: list[str] = []

    def flush() -> None:
        if text := _tidy_inline("".join(line)):
            found.append(text)
        line.clear()

    line.append(_collapse(element.text))
    for child in element:
        if child.tag in _INLINE and not _holds_blocks(child):
            line.append(_inline(child))
        elif isinstance(child.tag, str):
            flush()
            found.extend(_block(child))
        line.append(_collapse(child.tail))
    flush()
    return found


def plain_text_of(element: HtmlElement | None) -> str:
    """The words of an element, on one line."""
    return "" if element is None else " ".join(element.text_content().split())


def _holds_blocks(element: HtmlElement) -> bool:
    return any(isinstance(child.tag, str) and child.tag not in _INLINE for child in element.iterdescendants())


def _block(element: HtmlElement) -> list[str]:
    tag = element.tag
    if tag in _HEADINGS:
        text = _tidy_inline(_inline_content(element)).replace("\n", " ")
        return [f"{_HEADINGS[tag]} {text}"] if text else []
    if tag == "pre":
        return _fence(element)
    if tag in ("ul", "ol"):
        return _list(element)
    if tag == "table":
        return _table(element)
    if tag == "dl":
        return _definitions(element)
    if tag == "blockquote":
        quoted = "\n\n".join(blocks_of(element))
        return ["\n".join(f"> {line}".rstrip() for line in quoted.splitlines())] if quoted else []
    if "line-block" in element.get("class", "").split():
        return ["\n".join(text for line in element for text in blocks_of(line))]
    return blocks_of(element)


def _fence(element: HtmlElement) -> list[str]:
    code = str(element.text_content()).strip("\n").rstrip()
    if not code.strip():
        return []
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    return [f"{ticks}{_language(element)}\n{code}\n{ticks}"]


def _language(element: HtmlElement) -> str:
    for place in (element, *element.iter("code")):
        words = place.get("class", "").split()
        for word in words:
            if word.startswith(("language-", "lang-")):
                return str(word.partition("-")[2])
        if "code" in words:  # docutils: class="code python literal-block"
            return str(next((word for word in words if word not in ("code", "literal-block")), ""))
    return ""


def _list(element: HtmlElement) -> list[str]:
    number = int(element.get("start", "1")) if element.get("start", "1").isdigit() else 1
    entries = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        mark = f"{number}. " if element.tag == "ol" else "- "
        if entry := _entry(mark, blocks_of(child) if child.tag == "li" else _block(child)):
            entries.append(entry)
            number += 1
    return ["\n".join(entries)] if entries else []


def _entry(mark: str, blocks: list[str]) -> str:
    if not blocks:
        return ""
    text = blocks[0]
    for block in blocks[1:]:
        # A nested list follows its paragraph at once; anything else after an empty line.
        text += ("\n" if re.match(r"(- |\d+\. )", block) else "\n\n") + block
    indent = " " * len(mark)
    lines = text.splitlines()
    return "\n".join([mark + lines[0], *(f"{indent}{line}" if line else "" for line in lines[1:])])


def _definitions(element: HtmlElement) -> list[str]:
    entries: list[str] = []
    terms: list[str] = []
    for child in element.iter("dt", "dd"):
        if next(child.iterancestors("dl")) is not element:
            continue
        if child.tag == "dt":
            terms.append(plain_text_of(child).rstrip(":"))
            continue
        blocks = blocks_of(child)
        head = f"**{', '.join(terms)}**" if any(terms) else ""
        if blocks and not blocks[0].startswith(("```", "- ", "|", "#", ">")):
            blocks = [f"{head}: {blocks[0]}" if head else blocks[0], *blocks[1:]]
        elif head:
            blocks = [head, *blocks]
        entries.append(_entry("- ", blocks))
        terms = []
    if any(terms):
        entries.append(f"- **{', '.join(terms)}**")
    return ["\n".join(entry for entry in entries if entry)] if any(entries) else []


def _table(element: HtmlElement) -> list[str]:
    if any(element.iterdescendants("table")):
        return blocks_of_cells(element)
    rows = [list(row) for row in (_cells(row) for row in element.iter("tr")) if any(row)]
    caption = [text for found in element.iter("caption") if (text := _tidy_inline(_inline_content(found)))]
    if not rows:
        return caption
    width = max(len(row) for row in rows)
    if width == 1:
        return caption + [row[0] for row in rows]
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return [*caption, "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]


def blocks_of_cells(element: HtmlElement) -> list[str]:
    """A table that only lays out a page: its cells one after the other."""
    return [
        block for cell in element.iter("td", "th") if next(cell.iterancestors("table")) is element for block in blocks_of(cell)
    ]


def _cells(row: HtmlElement) -> list[str]:
    cells = []
    for cell in row:
        if cell.tag in ("td", "th"):
            text = " ".join(" ".join(blocks_of(cell)).split()).replace("|", "\\|")
            span = cell.get("colspan", "1")
            cells += [text, *[""] * (min(int(span), 50) - 1 if span.isdigit() else 0)]
    return cells


def _inline_content(element: HtmlElement) -> str:
    return "".join(_inline_parts(element))


def _inline_parts(element: HtmlElement) -> Iterator[str]:
    yield _collapse(element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield _inline(child)
        yield _collapse(child.tail)


def _inline(element: HtmlElement) -> str:
    tag = element.tag
    if tag == "br":
        return "\n"
    if tag == "img":
        return _image(element)
    if tag in _CODE or (tag == "span" and "literal" in element.get("class", "").split()):
        return _code_span(element)
    text = _inline_content(element)
    if tag == "a":
        return _link(element, text)
    if (mark := _EMPHASIS.get(tag)) and text.strip():
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


def _collapse(text: str | None) -> str:
    return _BLANKS.sub(" ", text) if text else ""


def _tidy_inline(text: str) -> str:
    return _AROUND_BREAK.sub("\n", re.sub(r" {2,}", " ", text)).strip()
