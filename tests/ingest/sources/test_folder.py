import pytest

from ragline.errors import SourceError
from tests.ingest.sources.folders import listed


def test_every_file_by_default_and_nothing_hidden(folder):
    assert listed(folder) == ["b.md", "page.html", "photo.png", "a/x.rst", "a/deep/y.txt", "drafts/z.md"]


def test_a_file_uri_is_a_folder_too(folder):
    assert listed(f"file://{folder}", include=["b.md"]) == ["b.md"]


def test_a_listing_without_end_stops(folder):
    assert len(listed(folder, max_items=6)) == 6
    with pytest.raises(SourceError, match=r"'docs' lists more than 5 items \(max_items\)"):
        listed(folder, max_items=5)
