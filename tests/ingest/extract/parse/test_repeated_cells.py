from tests.ingest.extract.archives import zipped
from tests.ingest.extract.extracted import text_of


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
