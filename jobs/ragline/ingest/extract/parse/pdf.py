"""PDF: text by PDFium (pypdfium2), ruled tables by pdfplumber, scanned pages by tesseract."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.dates import pdf_date
from ragline.ingest.extract.parse.markdown import first_heading
from ragline.ingest.extract.parse.ocr import Ocr
from ragline.ingest.extract.parse.pages import joined_pages
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.parse.pdf_links import with_links
from ragline.ingest.extract.parse.pdf_page import Line, lines_of, markdown_of
from ragline.ingest.extract.parse.pdf_tables import Tables
from ragline.ingest.item import ItemRefused

_PASSWORD, _SECURITY = 4, 5  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_MOST_PAGES, _MOST_LINKS = 20_000, 200
_FEWEST_LETTERS = 12  # a page with an image and fewer letters than this is a scan with a page number on it


def parse(content: bytes, charset: str | None = None, ocr: Ocr | None = None) -> Parsed:
    """Title, text, properties and page starts of a PDF.

    Raises:
        ItemRefused: ``encrypted``, ``parse_error``, or ``needs_ocr`` where no page has text and some have images.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code in (_PASSWORD, _SECURITY):
            raise ItemRefused("encrypted", "A PDF protected by a password.") from error
        raise ItemRefused("parse_error", f"A damaged PDF: {error}.") from error
    with document:
        return _parsed(document, content, ocr or Ocr())


def _parsed(document: Any, content: bytes, ocr: Ocr) -> Parsed:
    count = min(len(document), _MOST_PAGES)
    with Tables(content) as tables:
        pages = [_Page(document, number, ocr, tables) for number in range(count)]
    body = _body_size(line for page in pages for line in page.lines)
    text, starts = joined_pages(tidy(clean_text(page.recognised or markdown_of(page.lines, page.tables, body))) for page in pages)
    scanned = [number for number, page in enumerate(pages, start=1) if page.scanned]
    if scanned and not text.strip():
        raise ItemRefused("needs_ocr", f"All of its {count:,} pages are images without text. {ocr.why_not()}".strip())
    found = document.get_metadata_dict()
    metadata = _properties(found)
    if links := list(dict.fromkeys(link for page in pages for link in page.links))[:_MOST_LINKS]:
        metadata["links"] = links
    if len(document) > count:
        metadata["pages_left_out"] = len(document) - count
    if scanned:
        metadata["pages_without_text"] = scanned[:100]
    if not text.strip() and count:
        return Parsed("", "")
    return Parsed(_title(found) or first_heading(text), text, metadata, starts)


class _Page:
    """What one page holds; PDFium's handles are closed before the next one is opened."""

    def __init__(self, document: Any, number: int, ocr: Ocr, tables: Tables) -> None:
        self.lines: list[Line] = []
        self.tables: list[tuple[tuple[float, float, float, float], str]] = []
        self.links: list[str] = []  # those whose words are not among the lines
        self.recognised = ""
        self.scanned = False
        try:
            page = document[number]
        except pypdfium2.PdfiumError:  # one damaged page of many
            return
        try:
            self.lines, self.links = with_links(page, lines_of(page))
            letters = sum(character.isalnum() for line in self.lines for character in line.text)
            if letters < _FEWEST_LETTERS and any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
                self.recognised = ocr.page(page)
                self.scanned = not self.recognised and not letters
            elif self.lines:
                self.tables = tables.of(page, number)
        except pypdfium2.PdfiumError:
            return
        finally:
            page.close()


def _body_size(lines: Iterator[Line]) -> float:
    """The font size most characters have; headings are larger."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], -size), default=0.0)


def _title(found: dict[str, str]) -> str:
    title = " ".join(clean_text(found.get("Title", "")).split())
    # Word processors put the name of the file there.
    return (
        ""
        if title.lower().endswith((".doc", ".docx", ".tex", ".dvi", ".indd", ".ppt", ".pptx")) or title == "untitled"
        else title
    )


def _properties(found: dict[str, str]) -> dict[str, object]:
    words = {name: clean_text(value).strip() for name, value in found.items()}
    properties: dict[str, object] = {
        "authors": [words["Author"]] if words.get("Author") else [],
        "created": pdf_date(words.get("CreationDate", "")),
        "modified": pdf_date(words.get("ModDate", "")),
        "subject": words.get("Subject", ""),
        "keywords": [word.strip() for word in words.get("Keywords", "").replace(";", ",").split(",") if word.strip()],
    }
    return {name: value for name, value in properties.items() if value}
