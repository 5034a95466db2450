from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest


def test_a_page_of_tags_that_are_never_closed_keeps_its_words():
    (part,) = extract(ParseRequest(b"<html><body>" + b"<ul><li>word " * 5000, "a.html"))
    assert part.parsed.text.split() == ["word"] * 5000
