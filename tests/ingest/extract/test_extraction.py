import io
import json
import zipfile

import pytest

from ragline.config.ingest import OcrSettings, ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest, Part
from tests.ingest.extract.archives import DOCX, open_document, pdf_with_link, workbook, zipped

CODE = "def add(a, b):\n    # not a heading\n    return a + b\n"


def only(content: bytes | str, name: str = "", media_type: str = "", **request) -> Part:
    """The one part of an item."""
    data = content if isinstance(content, bytes) else content.encode()
    (part,) = extract(ParseRequest(data, name, media_type, **request))
    return part


def text_of(content: bytes | str, name: str = "", media_type: str = "") -> str:
    part = only(content, name, media_type)
    assert part.refusal is None, part.refusal
    return part.parsed.text


def reason(content: bytes | str, name: str = "", media_type: str = "") -> str:
    part = only(content, name, media_type)
    assert part.parsed is None
    return part.refusal.reason


@pytest.mark.parametrize("name", ["letter.docx", "letter.pdf", "letter.txt", "letter", "letter.zip"])
def test_the_content_decides_what_a_binary_file_is(name):
    part = only(zipped(DOCX), name, "text/plain")
    assert (part.media_type.rpartition(".")[2], part.parsed.text) == ("document", "Words of a letter.\n")


@pytest.mark.parametrize(
    ("content", "name", "declared", "media_type"),
    [
        ("# A\n", "a.md", "", "text/markdown"),
        ("# A\n", "a.txt", "", "text/plain"),
        ("# A\n", "a.txt", "text/markdown", "text/markdown"),
        ("# A\n", "a.docx", "", "text/plain"),
        ("A\n=\n", "a.rst", "", "text/x-rst"),
        ("<!DOCTYPE html><p>a</p>", "a.txt", "", "text/html"),
        ("<html><p>a</p></html>", "a.docx", "", "text/html"),
        ("<p>a</p>", "a", "text/html; charset=utf-8", "text/html"),
        ("a,b\n1,2\n", "a.csv", "", "text/csv"),
        ('{"a": 1}', "a", "", "application/json"),
        ('{"a": 1}', "a.txt", "", "text/plain"),
        ('{"a": 1}\n{"a": 2}\n', "a.jsonl", "", "application/jsonl"),
        ("From: a@x.example\nTo: b@x.example\nSubject: s\n\nWords\n", "a.txt", "", "message/rfc822"),
        ("From: here\nTo: there\n", "a.txt", "", "text/plain"),
        (CODE, "a.py", "", "text/x-source-python"),
        (CODE, "a", "text/x-source-python", "text/x-source-python"),
        ("<?xml version='1.0'?><a>b</a>", "a", "", "text/x-source-xml"),
    ],
)
def test_of_texts_the_name_and_the_declared_type_settle_what_the_content_leaves_open(content, name, declared, media_type):
    part = only(content, name, declared)
    assert part.refusal is None
    assert part.media_type == media_type


def test_source_code_is_kept_as_it_is_and_says_its_language():
    part = only(CODE, "a.py")
    assert part.parsed.text == f"```python\n{CODE}```\n"
    assert part.parsed.metadata == {"programming_language": "python"}


def test_csv_is_a_table_whatever_its_delimiter():
    table = "| name | cost |\n| --- | --- |\n| a lamp | 3 |\n| a bed | 5 |\n"
    for delimiter in ",;\t|":
        assert text_of(f"name{delimiter}cost\na lamp{delimiter}3\na bed{delimiter}5\n", "a.csv") == table


def test_json_is_a_list_of_its_keys():
    value = {"title": "Lamp", "price": 12.50, "tags": ["red", "tall"], "maker": {"name": "Lum", "since": None}, "gone": []}
    part = only(json.dumps(value), "a.json")
    assert part.parsed.title == "Lamp"
    assert part.parsed.text == (
        "- **title**: Lamp\n- **price**: 12.5\n- **tags**:\n  - red\n  - tall\n- **maker**:\n  - **name**: Lum\n"
        "  - **since**: null\n- **gone**: []\n"
    )


def test_json_lines_are_records_and_a_bad_one_is_named():
    assert text_of('{"a": 1}\n\n{"a": [2]}\n', "a.jsonl") == "- **a**: 1\n\n- **a**:\n  - 2\n"
    refused = only('{"a": 1}\n{"a": }\n', "a.jsonl").refusal
    assert refused.reason == "parse_error"
    assert refused.message.startswith("Line 2: Not JSON")


@pytest.mark.parametrize("text", ["[NaN]", '{"a": 1}x', "[1,]", '["\x00"]', "[" * 100_000, '["a\nb"]'])
def test_what_is_called_json_and_is_none_is_refused(text):
    assert reason(text, "a.json") == "parse_error"


def test_an_open_document_keeps_headings_lists_tables_and_links():
    names = 'xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:xlink="x"'
    content = (
        f'<office:document-content {names}><office:body><office:text><text:h text:outline-level="2">Plan</text:h>'
        '<text:p>See <text:a xlink:href="https://x.example">the<text:s/>map</text:a>.</text:p>'
        "<text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p>"
        "</table:table-cell></table:table-row><table:table-row>"
        '<table:table-cell table:number-columns-repeated="2"><text:p>1</text:p>'
        "</table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>"
    )
    part = only(open_document(content), "a.bin")
    assert part.parsed.title == "Plan"
    assert part.parsed.text == (
        "## Plan\n\nSee [the map](https://x.example).\n\n- one\n- two\n\n| a | b |\n| --- | --- |\n| 1 | 1 |\n"
    )


@pytest.mark.shared_data
def test_each_page_of_a_pdf_begins_where_it_says(shared_data):
    content = (shared_data / "docling_samples/pdf/sources/multi_page.pdf").read_bytes()
    parsed = only(content, "x.txt").parsed
    pages = [parsed.text[start:end] for start, end in zip(parsed.page_starts, [*parsed.page_starts[1:], None], strict=True)]
    assert parsed.metadata["created"] == "2025-01-24T13:59:15+00:00"
    assert len(pages) == 5
    assert pages[0].startswith("The Evolution of the Word Processor\n")
    assert all(page.strip() for page in pages)


@pytest.mark.shared_data
def test_each_slide_is_a_page_and_the_author_is_known(shared_data):
    content = (shared_data / "docling_samples/pptx/sources/powerpoint_sample.pptx").read_bytes()
    parsed = only(content).parsed
    assert parsed.metadata["authors"] == ["Maxim Lysak"] or parsed.metadata["authors"]
    assert [parsed.text[start:].split("\n", 1)[0] for start in parsed.page_starts][:2] == [
        "# Test Table Slide",
        "# Second slide title",
    ]


@pytest.mark.shared_data
def test_a_ruled_table_in_a_pdf_is_a_table(shared_data):
    content = (shared_data / "docling_samples/pdf/sources/2305.03393v1-pg9.pdf").read_bytes()
    assert "| 6 | OTSL HTML | 0.965 0.969 |" in text_of(content)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["pdf_password/sources/2206.01062_pg3.pdf"])
def test_a_document_protected_by_a_password_is_refused_as_such(shared_data, name):
    assert reason((shared_data / "docling_samples" / name).read_bytes()) == "encrypted"


def test_a_package_with_encrypted_parts_is_refused_as_such():
    manifest = '<manifest xmlns="m"><file-entry><encryption-data/></file-entry></manifest>'
    members = {"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": manifest, "content.xml": "noise"}
    assert reason(zipped(members)) == "encrypted"


@pytest.mark.parametrize("name", ["letter.docx", "sheet.xlsx"])
def test_an_office_document_that_a_password_really_encrypts_is_refused_as_such(name):
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = zipped(DOCX) if name == "letter.docx" else workbook({1: "a"})
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt("secret", encrypted)
    assert reason(encrypted.getvalue(), name) == "encrypted"


WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def word_cell(*content: str) -> str:
    return "<w:tc>" + "".join(content) + "</w:tc>"


def word_paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def test_a_word_table_of_one_cell_is_a_frame_around_what_is_in_it():
    inner = word_table(
        word_cell(word_paragraph("Part")) + word_cell(word_paragraph("Cost")),
        word_cell(word_paragraph("Lamp")) + word_cell(word_paragraph("3")),
    )
    frame = word_table(word_cell(word_paragraph("In a box."), inner, word_paragraph("")))
    document = WORD.format(word_paragraph("Before.") + frame + word_paragraph("After."))
    assert text_of(zipped({**DOCX, "word/document.xml": document})) == (
        "Before.\n\nIn a box.\n\n| Part | Cost |\n| --- | --- |\n| Lamp | 3 |\n\nAfter.\n"
    )


def test_a_chart_in_a_word_document_is_the_table_of_its_figures():
    def points(tag: str, *values: str) -> str:
        found = "".join(f'<c:pt idx="{number}"><c:v>{value}</c:v></c:pt>' for number, value in enumerate(values))
        return f"<c:{tag}><c:x>{found}</c:x></c:{tag}>"

    series = "".join(
        f"<c:ser>{points('tx', name)}{points('cat', 'North', 'South')}{points('val', *values)}</c:ser>"
        for name, values in (("2024", ("4.3", "2")), ("2025", ("2.4", "7")))
    )
    title = '<c:title><a:t xmlns:a="a">Sales</a:t></c:title>'
    chart = f'<c:chartSpace xmlns:c="c"><c:chart>{title}<c:barChart>{series}</c:barChart></c:chart></c:chartSpace>'
    assert text_of(zipped({**DOCX, "word/charts/chart1.xml": chart})) == (
        "Words of a letter.\n\n| Sales | 2024 | 2025 |\n| --- | --- | --- |\n| North | 4.3 | 2.4 |\n| South | 2 | 7 |\n"
    )


@pytest.mark.parametrize("far", [5000, 300_000, 1_048_576])
def test_a_cell_far_out_on_a_sheet_neither_hides_the_others_nor_fills_the_text(far):
    text = text_of(workbook({1: "name", 2: "lamp", far: "stray"}), "a.xlsx")
    assert [line for line in text.splitlines() if line.strip("| -")] == ["## Prices", "| name |", "| lamp |", "| stray |"]


def test_a_gap_in_an_open_spreadsheet_hides_no_cells():
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "text", "table"))
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell></table:table-row>'
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    gap = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    table = f'<table:table table:name="Prices">{row.format("first")}{gap}{row.format("last")}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    content = zipped({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {names}>{body}</office:document-content>",
        "META-INF/manifest.xml": manifest,
    })  # fmt: skip
    assert text_of(content, "a.ods") == "## Prices\n\n| first |\n| --- |\n| last |\n"


def test_the_words_that_a_link_in_a_pdf_covers_are_a_link():
    parsed = only(pdf_with_link("https://x.example/map (1)"), "a.pdf").parsed
    assert parsed.text == "See the map of the town.\n"
    parsed = only(pdf_with_link("https://x.example/map"), "a.pdf").parsed
    assert parsed.text == "See [the map](https://x.example/map) of the town.\n"
    assert parsed.metadata["links"] == ["https://x.example/map"]


def test_markdown_restructuredtext_and_html_say_who_wrote_them_and_when():
    said = {"authors": ["Ada Roe"], "created": "2025-03-01T00:00:00", "keywords": ["lamp", "light"]}
    front = "---\nauthor: Ada Roe\ndate: 2025-03-01\ntags: [lamp, light]\n---\n# Lamps\n"
    fields = "Lamps\n=====\n\n:Author: Ada Roe\n:Date: 2025-03-01\n:Keywords: lamp, light\n\nWords.\n"
    page = (
        '<html lang="en"><head><meta name="author" content="Ada Roe"><meta name="keywords" content="lamp, light">'
        '<meta property="article:published_time" content="2025-03-01"></head><body><p>See <a href="https://x.example">it</a>.</p>'
    )
    assert only(front, "a.md").parsed.metadata == said
    assert only(fields, "a.rst").parsed.metadata == said
    assert only(page, "a.html").parsed.metadata == {**said, "language": "en", "links": ["https://x.example"]}


def test_a_pep_says_its_authors_and_the_day_it_was_created():
    pep = "PEP: 8\nTitle: Style\nAuthor: A. Roe <a@x.example>,\n  B. Doe\nCreated: 05-Jul-2001\n\nWords\n=====\n\nMore.\n"
    parsed = only(pep, "pep.rst").parsed
    assert parsed.metadata == {"authors": ["A. Roe <a@x.example>", "B. Doe"], "created": "2001-07-05T00:00:00"}


def test_the_title_of_the_source_wins_and_held_out_lines_go_with_pages_kept_in_place():
    part = only("# Own\n\nFast meter.\n\nMore.\n", "a.md", title="Given", held_out_lines=("Fast meter",))
    assert (part.parsed.title, part.parsed.text) == ("Given", "# Own\n\n\nMore.\n")


@pytest.mark.shared_data
def test_pages_keep_their_places_when_a_line_is_held_out(shared_data):
    content = (shared_data / "docling_samples/pdf/sources/multi_page.pdf").read_bytes()
    before = only(content).parsed
    second = before.text[before.page_starts[1] :][:40]
    (part,) = extract(ParseRequest(content, "", held_out_lines=("The Evolution of the Word Processor",)))
    assert "Evolution of the Word Processor\n" not in part.parsed.text
    assert part.parsed.text[part.parsed.page_starts[1] :].startswith(second)


def scan(words: str) -> bytes:
    """A PDF of one page that is an image with words."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1200, 400), 255)
    ImageDraw.Draw(image).text((60, 120), words, font=ImageFont.load_default(size=90), fill=0)
    import io

    target = io.BytesIO()
    image.save(target, "PDF", resolution=100)
    return target.getvalue()


def test_scanned_pages_need_recognition_and_say_so():
    refused = only(scan("HELLO WORLD")).refusal
    assert refused.reason == "needs_ocr"
    assert "ingest.ocr.enabled" in refused.message


def test_scanned_pages_are_recognised_where_the_program_is():
    import shutil

    if not shutil.which("tesseract"):
        pytest.skip("tesseract is not installed")
    (part,) = extract(ParseRequest(scan("HELLO WORLD"), "a.pdf"), ParseLimits(), OcrSettings(enabled=True))
    assert part.parsed.text == "HELLO WORLD\n"
    assert part.parsed.page_starts == (0,)


def test_the_same_bytes_give_the_same_parts():
    content = zipped({"a.md": "# A", "b.docx": zipped(DOCX), "c.csv": "a,b\n1,2"})
    assert extract(ParseRequest(content, "x.zip")) == extract(ParseRequest(content, "x.zip"))


def test_text_beyond_the_limit_is_refused():
    (part,) = extract(ParseRequest(b"word " * 300_000, "a.txt"), ParseLimits(text_mb=1))
    assert part.refusal.reason == "text_too_large"


def test_a_package_that_unpacks_to_too_much_is_refused():
    members = {**DOCX, "word/media/zeros": bytes(40 * 2**20)}
    assert reason(zipped(members, zipfile.ZIP_DEFLATED)) == "archive_too_large"
