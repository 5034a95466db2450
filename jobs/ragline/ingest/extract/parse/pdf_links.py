"""Links on a page of a PDF: areas that lead to a web address, put as Markdown links around the words they cover."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pypdfium2.raw as raw

from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.extract.parse.pdf_page import Box, Line

_MOST_LINKS = 2000  # of a page
_LONGEST_ADDRESS = 2000


def with_links(page: Any, lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """The lines with their links, and the addresses of links whose words are not to be found: those on pictures, say."""
    found = list(lines)
    lost: list[str] = []
    areas = list(_areas(page))
    if not areas:
        return found, lost
    textpage = page.get_textpage()
    try:
        for box, address in areas:
            words = " ".join(clean_text(textpage.get_text_bounded(*box, errors="replace")).split())
            number = _line_with(words, box, found)
            if number is None:
                lost.append(address)
            elif words != address:
                linked = found[number].text.replace(words, f"[{words}]({address})", 1)
                found[number] = replace(found[number], text=linked)
    finally:
        textpage.close()
    return found, lost


def _line_with(words: str, box: Box, lines: Sequence[Line]) -> int | None:
    """The line that has these words and stands at the same height."""
    height = (box[1] + box[3]) / 2
    at = (number for number, line in enumerate(lines) if words and words in line.text and line.box[1] <= height <= line.box[3])
    return next(at, None)


def _areas(page: Any) -> Iterator[tuple[Box, str]]:
    """Each area that leads to a web address, line by line where it covers several."""
    start, link = ctypes.c_int(0), raw.FPDF_LINK()
    for _ in range(_MOST_LINKS):
        if not raw.FPDFLink_Enumerate(page, ctypes.byref(start), ctypes.byref(link)):
            return
        if address := _address(page, link):
            for box in _boxes(link):
                yield box, address


def _address(page: Any, link: Any) -> str:
    action = raw.FPDFLink_GetAction(link)
    if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
        return ""
    size = raw.FPDFAction_GetURIPath(page.pdf, action, None, 0)
    if not 0 < size <= _LONGEST_ADDRESS:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAction_GetURIPath(page.pdf, action, buffer, size)
    address = clean_text(buffer.value.decode("utf-8", "replace")).strip()
    whole = address.startswith(("http://", "https://")) and not any(map(str.isspace, address))
    return address.replace("(", "%28").replace(")", "%29") if whole else ""


def _boxes(link: Any) -> list[Box]:
    found, quad = [], raw.FS_QUADPOINTSF()
    for number in range(raw.FPDFLink_CountQuadPoints(link)):
        if raw.FPDFLink_GetQuadPoints(link, number, ctypes.byref(quad)):
            across, up = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
            found.append((min(across), min(up), max(across), max(up)))
    rectangle = raw.FS_RECTF()
    if not found and raw.FPDFLink_GetAnnotRect(link, ctypes.byref(rectangle)):
        found.append((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))
    return found
