import pytest

from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.archives import BILLION_LAUGHS, DOCX, OUTSIDE, open_document, zipped
from tests.ingest.extract.soundness import outcome, sound


@pytest.mark.parametrize("declaration", [BILLION_LAUGHS, OUTSIDE])
def test_entities_in_documents_are_neither_expanded_nor_fetched(declaration, tmp_path):
    (tmp_path / "secret.txt").write_text("TOP SECRET")
    declaration = declaration.replace("{path}", str(tmp_path / "secret.txt"))
    entity = "&secret;" if "secret" in declaration else "&lol9;"
    body = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>a{entity}b</w:t></w:r></w:p></w:body></w:document>'
    odt = f'<d xmlns:o="o" xmlns:text="t"><o:body><o:text><text:p>a{entity}b</text:p></o:text></o:body></d>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><text>a{entity}b</text></svg>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{entity}</sheetData></worksheet>'
    documents = {
        "a.docx": zipped({**DOCX, "word/document.xml": declaration + body}),
        "a.odt": open_document(declaration + odt),
        "a.odp": open_document(declaration + odt, "presentation"),
        "a.ods": open_document(declaration + odt, "spreadsheet"),
        "a.xlsx": zipped({"[Content_Types].xml": "<a/>", "xl/workbook.xml": declaration + sheet}),
        "a.pptx": zipped({"[Content_Types].xml": "<a/>", "ppt/presentation.xml": declaration + sheet}),
        "a.epub": zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": declaration + svg}),
        "a.svg": (declaration + svg).encode(),
        "a.html": (declaration + f"<html><body><p>a{entity}b</p></body></html>").encode(),
        "a.xml": (declaration + f"<a>a{entity}b</a>").encode(),
    }
    for name, content in documents.items():
        (part,) = extract(ParseRequest(content, name))
        sound([part])
        if part.parsed:
            assert "TOP SECRET" not in part.parsed.text
            assert len(part.parsed.text) < 5000, name


def test_an_open_document_that_declares_entities_is_refused_in_any_encoding():
    text = BILLION_LAUGHS.replace("?>", ' encoding="utf-16"?>', 1) + "<d/>"
    content = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": text.encode("utf-16")})
    assert outcome(content) == "unsafe_xml"
