"""Ruled tables in a PDF, by pdfplumber; it is asked only about pages that have rules, because it is thirty times slower than PDFium."""

import io
from types import TracebackType
from typing import Any, Self

Box = tuple[float, float, float, float]
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
        import pypdfium2.raw as raw

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
        found = []
        for table in plumbed.find_tables():
            if text := _markdown(table.extract()):
                left, top, right, bottom = table.bbox
                height = float(plumbed.bbox[3])
                found.append(((left, height - bottom, right, height - top), text))
        plumbed.close()
        return found


def _markdown(rows: list[list[str | None]]) -> str:
    """A table of at least two rows and columns; anything less is a frame around words."""
    cells = [[" ".join((cell or "").split()).replace("|", "\\|") for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if len(cells) < 2 or sum(any(row[column] for row in cells) for column in range(len(cells[0]))) < 2:
        return ""
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * len(cells[0]), *lines[1:]])
