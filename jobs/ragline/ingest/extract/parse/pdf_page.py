"""One page of a PDF as Markdown: its lines in PDFium's order, large ones as headings, tables where their words stood."""

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as raw

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the lower left corner
_LONGEST_HEADING = 150
_HEADING = 1.15  # times the size of the body
_BULLET = re.compile(r"^[•▪◦●■‣∙·]\s*(?=\S)")
# PDFium writes U+FFFE (or 2) for the hyphen of a word that is broken over two lines.
HYPHEN = re.compile(r"[\u0002\ufffe](?:\r?\n)?")


@dataclass(frozen=True)
class Line:
    """A line of text with the box around it and its font size, in points."""

    text: str
    box: Box
    size: float


def lines_of(page: Any) -> list[Line]:
    """The lines of a page, in the order PDFium reads them."""
    textpage = page.get_textpage()
    try:
        text = textpage.get_text_range(errors="replace")
        found, index, count = [], 0, textpage.count_chars()
        for words in text.split("\n"):
            last = min(count - 1, index + len(words.rstrip()) - 1)
            first = index + len(words) - len(words.lstrip())
            if words.strip() and first <= last:
                box = _around(_char_box(textpage, first), _char_box(textpage, last))
                found.append(Line(words.strip(), box, _size(textpage, (first + last) // 2)))
            index += len(words) + 1
        return found
    finally:
        textpage.close()


def _char_box(textpage: Any, index: int) -> Box:
    rectangle = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(rectangle)):
        return (0.0, 0.0, 0.0, 0.0)
    return (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)


def _around(first: Box, last: Box) -> Box:
    return (min(first[0], last[0]), min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3]))


def _size(textpage: Any, index: int) -> float:
    """The size at which a character is drawn: PDFium gives the font's, which the page may scale."""
    matrix = raw.FS_MATRIX()
    size = float(raw.FPDFText_GetFontSize(textpage, index))
    if raw.FPDFText_GetMatrix(textpage, index, ctypes.byref(matrix)):
        size *= (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
    return round(size * 2) / 2


def markdown_of(lines: Sequence[Line], tables: Sequence[tuple[Box, str]], body: float) -> str:
    """The page's text; a table replaces the lines inside its box, where the first of them stood."""
    placed: set[int] = set()
    blocks: list[str] = []
    previous: Line | None = None
    for line in lines:
        table = next((number for number, (box, _) in enumerate(tables) if _inside(line.box, box)), None)
        if table is not None:
            if table not in placed:
                blocks.append(f"\n{tables[table][1]}\n")
                placed.add(table)
            previous = None
            continue
        blocks.append(_with_gap(line, previous, body))
        previous = line
    return HYPHEN.sub("", "\n".join(blocks))


def _with_gap(line: Line, previous: Line | None, body: float) -> str:
    text = _BULLET.sub("- ", line.text)
    if _is_heading(line, body):
        level = "#" if line.size >= 1.6 * body else "##" if line.size >= 1.3 * body else "###"
        return f"\n{level} {text}\n"
    height = max(1.0, line.box[3] - line.box[1])
    apart = previous is not None and not -0.5 * height < previous.box[1] - line.box[3] < 0.6 * height
    return f"\n{text}" if apart else text


def _is_heading(line: Line, body: float) -> bool:
    return body > 0 and line.size >= _HEADING * body and len(line.text) <= _LONGEST_HEADING and any(map(str.isalpha, line.text))


def _inside(box: Box, around: Box) -> bool:
    across, up = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return around[0] - 2 <= across <= around[2] + 2 and around[1] - 2 <= up <= around[3] + 2
