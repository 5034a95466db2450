import pytest

from tests.ingest.extract.extracted import text_of


@pytest.mark.shared_data
def test_a_ruled_table_in_a_pdf_is_a_table(shared_data):
    content = (shared_data / "docling_samples/pdf/sources/2305.03393v1-pg9.pdf").read_bytes()
    assert "| 6 | OTSL HTML | 0.965 0.969 |" in text_of(content)
