from tests.ingest.extract.archives import pdf_with_link
from tests.ingest.extract.extracted import only


def test_the_words_that_a_link_in_a_pdf_covers_are_a_link():
    parsed = only(pdf_with_link("https://x.example/map (1)"), "a.pdf").parsed
    assert parsed.text == "See the map of the town.\n"
    parsed = only(pdf_with_link("https://x.example/map"), "a.pdf").parsed
    assert parsed.text == "See [the map](https://x.example/map) of the town.\n"
    assert parsed.metadata["links"] == ["https://x.example/map"]
