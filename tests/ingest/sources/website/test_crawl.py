from tests.ingest.sources.website.reader import Reader, page


def test_a_page_that_nothing_leads_to_any_more_is_gone(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    reader.list()
    small.write("/docs/a.html", page("b.html"))
    assert list(reader.list()) == ["docs/", "docs/a.html", "docs/b.html"]


def test_a_page_that_fails_keeps_what_it_led_to(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    reader.list()
    small.answer("/docs/a.html", 500)
    found = reader.list()
    assert list(found) == ["docs/", "docs/a.html", "docs/b.html", "docs/deep/c.pdf"]
    assert found["docs/a.html"].refusal.reason == "fetch_failed"
    assert "answered 500" in found["docs/a.html"].refusal.message
    assert found["docs/deep/c.pdf"].refusal is None


def test_bounds_of_a_crawl(small, tmp_path):
    url = f"{small.url}/docs/"
    assert list(Reader(tmp_path, url=url, max_depth=0).list()) == ["docs/"]
    assert list(Reader(tmp_path, url=url, max_depth=1).list()) == ["docs/", "docs/a.html", "docs/b.html"]
    assert list(Reader(tmp_path, url=url, max_pages=2).list()) == ["docs/", "docs/a.html"]
    assert list(Reader(tmp_path, url=url, include=["*.pdf"]).list()) == ["docs/deep/c.pdf"]
    assert list(Reader(tmp_path, url=url, exclude=["deep/", "index.html"]).list()) == ["docs/a.html", "docs/b.html"]
    assert "elsewhere.html" in Reader(tmp_path, url=url, prefix=f"{small.url}/").list()
