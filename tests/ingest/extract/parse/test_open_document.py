from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.archives import open_document, zipped
from tests.ingest.extract.extracted import only, reason


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


def test_a_package_with_encrypted_parts_is_refused_as_such():
    manifest = '<manifest xmlns="m"><file-entry><encryption-data/></file-entry></manifest>'
    members = {"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": manifest, "content.xml": "noise"}
    assert reason(zipped(members)) == "encrypted"


def test_cells_that_repeat_inside_cells_that_repeat_are_no_bomb():
    names = 'xmlns:office="o" xmlns:text="t" xmlns:table="b"'
    content = "<text:p>x</text:p>"
    for _ in range(8):
        cell = f'<table:table-cell table:number-columns-repeated="50">{content}</table:table-cell>'
        content = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    document = f"<office:d {names}><office:body><office:text>{content}</office:text></office:body></office:d>"
    (part,) = extract(ParseRequest(open_document(document), "a.odt"))
    assert part.parsed.text.count("x") == 50
