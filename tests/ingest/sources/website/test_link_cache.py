from tests.ingest.sources.website.reader import Reader


def test_another_machine_without_the_links_reads_those_pages_again(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    reader.list()
    for file in (tmp_path / ".ragline" / "web").iterdir():
        file.unlink()
    assert list(reader.list()) == ["docs/", "docs/a.html", "docs/b.html", "docs/deep/c.pdf"]
    assert reader.spooled == []
