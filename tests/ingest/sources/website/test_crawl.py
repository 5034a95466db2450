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


def test_links_that_lead_nowhere_are_not_followed_for_ever(small, tmp_path):
    small.write("/docs/", page(*(f"gone-{number}" for number in range(100)), "a.html"))
    reader = Reader(tmp_path, url=f"{small.url}/docs/", max_requests=20)
    assert list(reader.list()) == ["docs/"]
    assert len([path for path, status in small.asked if "gone" in path]) == 19
    assert reader.source.facts() == {"cut_at_max_requests": "20"}
