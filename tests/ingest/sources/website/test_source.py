from tests.ingest.sources.website.reader import Reader


def test_a_crawl_stays_in_its_folder_and_reads_each_page_once(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    found = reader.list()
    assert list(found) == ["docs/", "docs/a.html", "docs/b.html", "docs/deep/c.pdf"]
    assert found["docs/deep/c.pdf"].media_type == "application/pdf"
    assert reader.source.open(found["docs/deep/c.pdf"]).read() == b"%PDF-"
    asked = [path for path, _ in small.asked]
    assert asked.count("/docs/a.html") == 1
    assert "/elsewhere.html" not in asked
    assert all(agent.startswith("Ragline/") for agent in small.agents)


def test_the_first_page_may_be_elsewhere(small, tmp_path):
    small.answer("/start", 301, Location="/docs/")
    assert list(Reader(tmp_path, url=f"{small.url}/start").list())[0] == "docs/"
