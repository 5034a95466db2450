from ragline.ingest.extract.parse.media_types import parse


def test_plain_text_with_a_short_first_line_has_a_title():
    assert parse(b"Printing\n\nFind the printer.\n", "text/plain").title == "Printing"
    assert parse(b"A line of a paragraph\nthat goes on.\n", "text/plain").title == ""
