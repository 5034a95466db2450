"""Word documents put text in frames that are tables of one cell. They are opened before kreuzberg reads them, which would make
one line of all that is in a cell: headings, lists, a table."""

import io
import zipfile

from lxml import etree

from ragline.ingest.extract.parse.safe_xml import parse_xml

_DOCUMENT = "word/document.xml"


def without_frames(content: bytes) -> bytes:
    """The document with the content of each table of one cell in the table's place; the same bytes if it has none."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if _DOCUMENT not in package.namelist():
            return content
        text = package.read(_DOCUMENT)
        if b":tbl>" not in text and b"<tbl>" not in text:
            return content
        root = parse_xml(text)
        frames = [(table, cell) for table in root.iterfind(".//{*}tbl") if (cell := _only_cell(table)) is not None]
        if not frames:
            return content
        for table, cell in frames:
            _open(table, cell)
        return _with_document(package, etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True))


def _only_cell(table: etree._Element) -> etree._Element | None:
    cells = table.findall("{*}tr/{*}tc")
    return cells[0] if len(cells) == 1 and len(table.findall("{*}tr")) == 1 else None


def _open(table: etree._Element, cell: etree._Element) -> None:
    for child in cell:
        if etree.QName(child).localname != "tcPr":
            table.addprevious(child)
    parent = table.getparent()
    if parent is not None:
        parent.remove(table)


def _with_document(package: zipfile.ZipFile, document: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for entry in package.infolist():
            copy.writestr(entry.filename, document if entry.filename == _DOCUMENT else package.read(entry))
    return target.getvalue()
