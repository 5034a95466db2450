"""Convert files with one library and say what came of it. Runs inside the candidate's own environment: no imports of Ragline's.

python parser_candidates.py CANDIDATE < files, one a line  > one JSON object a line
"""

import contextlib
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Convert = Callable[[Path], str]


def table(rows: Iterable[Iterable[object]]) -> str:
    """Rows as a Markdown table, for libraries that return cells."""
    cells = [[" ".join(str("" if cell is None else cell).split()).replace("|", "\\|") for cell in row] for row in rows]
    if not cells:
        return ""
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * len(cells[0]), *lines[1:]])


def kreuzberg() -> Convert:
    from kreuzberg import ExtractionConfig, extract_file_sync

    config = ExtractionConfig(output_format="markdown", use_cache=False)
    return lambda path: extract_file_sync(str(path), config=config).content


def xberg() -> Convert:
    import asyncio

    from xberg import ExtractInput, ExtractionConfig, extract

    config = ExtractionConfig(output_format="markdown", use_cache=False)

    def convert(path: Path) -> str:
        result = asyncio.run(extract(ExtractInput(kind="uri", uri=str(path)), config))
        return result.results[0].content

    return convert


def markitdown() -> Convert:
    from markitdown import MarkItDown

    converter = MarkItDown(enable_plugins=False)
    return lambda path: converter.convert_local(path).text_content


def unstructured() -> Convert:
    from unstructured.partition.auto import partition

    def markdown(element: object) -> str:
        html = getattr(element.metadata, "text_as_html", None)
        if html:
            return html
        mark = {"Title": "# ", "ListItem": "- "}.get(type(element).__name__, "")
        return mark + element.text

    return lambda path: "\n\n".join(markdown(element) for element in partition(str(path), strategy="fast"))


def undoc() -> Convert:
    from undoc import parse_file

    return lambda path: parse_file(path).to_markdown(escape_special=False)


def pdf_oxide() -> Convert:
    from pdf_oxide import PdfDocument

    return lambda path: PdfDocument(str(path)).to_markdown_all()


def pypdfium2() -> Convert:
    import pypdfium2

    def convert(path: Path) -> str:
        with pypdfium2.PdfDocument(path) as document:
            return "\n\n".join(page.get_textpage().get_text_bounded() for page in document)

    return convert


def pypdf() -> Convert:
    from pypdf import PdfReader

    return lambda path: "\n\n".join(page.extract_text() for page in PdfReader(path).pages)


def pdfplumber() -> Convert:
    import pdfplumber as library

    def convert(path: Path) -> str:
        with library.open(path) as document:
            pages = [[page.extract_text(), *map(table, page.extract_tables())] for page in document.pages]
        return "\n\n".join(block for page in pages for block in page)

    return convert


def mammoth() -> Convert:
    import mammoth as library

    return lambda path: library.convert_to_markdown(path.open("rb")).value


def calamine() -> Convert:
    from python_calamine import CalamineWorkbook

    def convert(path: Path) -> str:
        book = CalamineWorkbook.from_path(str(path))
        return "\n\n".join(f"## {name}\n\n{table(book.get_sheet_by_name(name).to_python())}" for name in book.sheet_names)

    return convert


def openpyxl() -> Convert:
    from openpyxl import load_workbook

    def convert(path: Path) -> str:
        book = load_workbook(path, read_only=True, data_only=True)
        return "\n\n".join(f"## {sheet.title}\n\n{table(sheet.iter_rows(values_only=True))}" for sheet in book.worksheets)

    return convert


def odfdo() -> Convert:
    from odfdo import Document

    def convert(path: Path) -> str:
        text = Document(path).to_markdown()
        return text if isinstance(text, str) else "\n\n".join(text)  # a spreadsheet gives one text a sheet

    return convert


def ragline() -> Convert:
    from ragline.ingest.extract.extraction import extract
    from ragline.ingest.extract.part import ParseRequest

    def convert(path: Path) -> str:
        parts = extract(ParseRequest(path.read_bytes(), path.name))
        if all(part.refusal for part in parts):
            raise ValueError(parts[0].refusal.reason)
        return "\n\n".join(part.parsed.text for part in parts if part.parsed)

    return convert


def peak_mib() -> float:
    """Highest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Convert every file named on standard input."""
    protocol = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not get between the results
    started = time.perf_counter()
    convert: Convert = getattr(importlib.import_module("__main__"), sys.argv[1])()
    print(json.dumps({"import_s": time.perf_counter() - started, "peak_mib": peak_mib()}), file=protocol, flush=True)
    warmed: set[str] = set()
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        if path.suffix not in warmed:  # many load what they need with the first document of a format
            warmed.add(path.suffix)
            with contextlib.suppress(BaseException):
                convert(path)
        started = time.perf_counter()
        text, error = "", ""
        try:
            text = convert(path)
        except BaseException as raised:  # panics of native libraries are not Exceptions
            error = f"{type(raised).__name__}: {raised}"[:200]
        seconds = time.perf_counter() - started
        print(json.dumps({"text": text, "error": error, "s": seconds, "peak_mib": peak_mib()}), file=protocol, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
