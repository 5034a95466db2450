"""Ruled tables in a PDF: their cells by pdfplumber, asked only where there are rules: it takes thirty times what PDFium does."""

import io
from types import TracebackType
from typing import Any, Self

import pypdfium2.raw as raw

from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.extract.parse.pdf_page import HYPHEN, Box

_FEWEST_RULES, _MOST_RULES = 4, 4000


class Tables:
    """The tables of one document. Opened with ``with``; nothing is read before the first page with rules."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._document: Any = None
        self._broken = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._document is not None:
            self._document.close()

    def of(self, page: Any, number: int) -> list[tuple[Box, str]]:
        """The tables of a page as Markdown, each with its box in PDF coordinates (from the lower left corner)."""
        if self._broken or page.get_rotation() or not self._has_rules(page):
            return []
        try:
            return self._found(page, number)
        except MemoryError:
            raise
        except Exception:  # pdfminer is stricter than PDFium; the text is there all the same
            self._broken = True
            return []

    def _has_rules(self, page: Any) -> bool:
        rules = 0
        for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
            rules += 1
            if rules > _MOST_RULES:  # a drawing
                return False
        return rules >= _FEWEST_RULES

    def _found(self, page: Any, number: int) -> list[tuple[Box, str]]:
        import pdfplumber

        if self._document is None:
            self._document = pdfplumber.open(io.BytesIO(self._content))
        plumbed = self._document.pages[number]
        height = float(plumbed.bbox[3])
        textpage = page.get_textpage()
        try:
            found = []
            for table in plumbed.find_tables():
                # The words come from PDFium, which knows the order of right-to-left scripts.
                rows = [[_words(textpage, cell, height) for cell in row.cells] for row in table.rows]
                if text := _markdown(rows):
                    left, top, right, bottom = table.bbox
                    found.append(((left, height - bottom, right, height - top), text))
            return found
        finally:
            textpage.close()
            plumbed.close()


def _words(textpage: Any, cell: Box | None, height: float) -> str:
    """The words in a cell, given from the upper left corner; "" for one that a neighbour covers."""
    if cell is None:
        return ""
    left, top, right, bottom = cell
    return clean_text(textpage.get_text_bounded(left, height - bottom, right, height - top, errors="replace"))


def _markdown(rows: list[list[str]]) -> str:
    """A table of at least two rows and columns; anything less is a frame around words."""
    cells = [[" ".join(HYPHEN.sub("", cell).split()).replace("|", "\\|") for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if len(cells) < 2 or sum(any(row[column] for row in cells) for column in range(len(cells[0]))) < 2:
        return ""
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * len(cells[0]), *lines[1:]])
