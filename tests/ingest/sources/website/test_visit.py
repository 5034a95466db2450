import pytest

from ragline.errors import SourceError
from tests.ingest.sources.website.reader import Reader, page


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_not_listed(small, tmp_path, status):
    small.answer("/docs/a.html", status)
    assert list(Reader(tmp_path, url=f"{small.url}/docs/").list()) == ["docs/", "docs/b.html"]


def test_a_site_that_is_down_stops_the_listing(site, tmp_path):
    site.write("/", page(*(f"{number}" for number in range(20))))
    for number in range(20):
        site.answer(f"/{number}", 503)
    with pytest.raises(SourceError, match="'web': 10 pages in a row had no answer"):
        Reader(tmp_path, url=site.url).list()
    site.pages.clear()
    site.answer("/", 500)
    with pytest.raises(SourceError, match="The first page cannot be read"):
        Reader(tmp_path, url=site.url).list()
    site.answer("/", 404)
    with pytest.raises(SourceError, match="is gone"):
        Reader(tmp_path, url=site.url).list()


def test_pages_that_are_not_for_us_do_not_stop_it(site, tmp_path):
    site.write("/", page(*(f"{number}" for number in range(12))))
    for number in range(12):
        site.answer(f"/{number}", 403)
    found = Reader(tmp_path, url=site.url).list()
    assert {item.refusal and item.refusal.reason for item in found.values()} == {None, "fetch_failed"}
    assert len([path for path, _ in site.asked if path == "/3"]) == 1
