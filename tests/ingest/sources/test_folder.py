from tests.ingest.sources.folders import listed


def test_every_file_by_default_and_nothing_hidden(folder):
    assert listed(folder) == ["b.md", "page.html", "photo.png", "a/x.rst", "a/deep/y.txt", "drafts/z.md"]


def test_a_file_uri_is_a_folder_too(folder):
    assert listed(f"file://{folder}", include=["b.md"]) == ["b.md"]
