"""An HTML tree as Markdown blocks: headings, paragraphs, lists, tables, code.

Written here because none of the libraries this project installs does it; it aims at text that reads and
chunks well, not at a faithful rendering.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from lxml.html import HtmlElement

from ragline.ingest.extract.parse.inline_markup import INLINE_TAGS, collapse, inline, inline_content, tidy_inline

_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_HEADING_MARK = re.compile(r"^#+ ")
# Characters in a cell: of a column of entries, and of a grid of facts that holds tables.
_LONGEST_ENTRY, _LONGEST_FACT = 100, 1000
_WIDEST = 50  # columns or rows that one cell may span; pages say 1000 to mean "all"


def blocks_of(element: HtmlElement) -> list[str]:
    """The element's content as Markdown blocks, to be joined by empty lines."""
    found: list[str] = []
    line: list[str] = []

    def flush() -> None:
        if text := tidy_inline("".join(line)):
            found.append(text)
        line.clear()

    line.append(collapse(element.text))
    for child in element:
        if child.tag in INLINE_TAGS and not _holds_blocks(child):
            line.append(inline(child))
        elif isinstance(child.tag, str):
            flush()
            found.extend(_block(child))
        line.append(collapse(child.tail))
    flush()
    return found


def plain_text_of(element: HtmlElement | None) -> str:
    """The words of an element, on one line."""
    return "" if element is None else " ".join(element.text_content().split())


def _holds_blocks(element: HtmlElement) -> bool:
    return any(isinstance(child.tag, str) and child.tag not in INLINE_TAGS for child in element.iterdescendants())


def _block(element: HtmlElement) -> list[str]:
    tag = element.tag
    if tag in _HEADINGS:
        text = tidy_inline(inline_content(element)).replace("\n", " ")
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
    rows = [row for row in _own_rows(element) if len(row)]
    if _is_layout(rows, element):
        return _cells_in_turn(rows)
    texts = [row for row in _rows(rows) if any(row)]
    caption = [text for found in element.iterchildren("caption") if (text := tidy_inline(inline_content(found)))]
    if not texts:
        return caption
    columns = [column for column in zip_longest(*texts, fillvalue="") if any(column)]
    lines = ["| " + " | ".join(row) + " |" for row in zip(*columns, strict=True)]
    return [*caption, "\n".join([lines[0], "|" + " --- |" * len(columns), *lines[1:]])]


def _own_rows(table: HtmlElement) -> list[HtmlElement]:
    """The rows of a table, without those of tables inside it."""
    return [row for row in table.iterdescendants("tr") if next(row.iterancestors("table"), None) is table]


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return list(row.iterchildren("td", "th"))


def _is_layout(rows: list[HtmlElement], table: HtmlElement) -> bool:
    """Whether a table only puts things side by side or one below the other: what it holds is read cell by cell.

    A grid of facts has two columns and two rows at least, or one column of short entries, and mostly cells without tables.
    """
    if len(rows) < 2:
        return sum(len(_cells(row)) for row in rows) < 2 or _has_table(table)
    cells = [cell for row in rows for cell in _cells(row)]
    if max(len(_cells(row)) for row in rows) < 2:
        return any(len(plain_text_of(cell)) > _LONGEST_ENTRY or _holds_blocks(cell) for cell in cells)
    holding = sum(_has_table(cell) for cell in cells)
    return 2 * holding > len(cells) or (holding > 0 and any(len(plain_text_of(cell)) > _LONGEST_FACT for cell in cells))


def _has_table(element: HtmlElement) -> bool:
    return next(element.iterdescendants("table"), None) is not None


def _cells_in_turn(rows: list[HtmlElement]) -> list[str]:
    return [block for row in rows for cell in _cells(row) for block in blocks_of(cell)]


def _rows(rows: Iterable[HtmlElement]) -> Iterator[list[str]]:
    """The texts of the rows; a cell that spans several rows or columns leaves the other places empty."""
    below: dict[int, int] = {}  # column -> rows still covered from above
    for row in rows:
        texts: list[str] = []

        def skip_covered(texts: list[str] = texts) -> None:
            while below.get(len(texts), 0):
                below[len(texts)] -= 1
                texts.append("")

        for cell in _cells(row):
            skip_covered()
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            below.update(dict.fromkeys(range(len(texts), len(texts) + across), down - 1))
            texts += [_cell_text(cell), *[""] * (across - 1)]
        skip_covered()
        yield texts


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1")
    return max(1, min(int(value), _WIDEST)) if value.isascii() and value.isdigit() else 1


def _cell_text(cell: HtmlElement) -> str:
    if _has_table(cell):
        return " ".join(" ".join(cell.itertext()).split()).replace("|", "\\|")
    blocks = (_HEADING_MARK.sub("", block) for block in blocks_of(cell))
    return " ".join(" ".join(blocks).split()).replace("|", "\\|")
