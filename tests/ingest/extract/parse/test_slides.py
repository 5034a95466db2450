import pytest

from tests.ingest.extract.extracted import only


@pytest.mark.shared_data
def test_each_slide_is_a_page_and_the_author_is_known(shared_data):
    content = (shared_data / "docling_samples/pptx/sources/powerpoint_sample.pptx").read_bytes()
    parsed = only(content).parsed
    assert parsed.metadata["authors"] == ["Maxim Lysak"] or parsed.metadata["authors"]
    assert [parsed.text[start:].split("\n", 1)[0] for start in parsed.page_starts][:2] == [
        "# Test Table Slide",
        "# Second slide title",
    ]
