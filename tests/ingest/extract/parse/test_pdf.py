import pytest

from tests.ingest.extract.extracted import only, reason


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
@pytest.mark.parametrize("name", ["pdf_password/sources/2206.01062_pg3.pdf"])
def test_a_document_protected_by_a_password_is_refused_as_such(shared_data, name):
    assert reason((shared_data / "docling_samples" / name).read_bytes()) == "encrypted"
