import gzip

import pytest

from ragline.errors import SourceError
from tests.ingest.sources.website.reader import Reader

SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


INDEX = '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'


def places(kind: str, *urls: str) -> str:
    return "".join(f"<{kind}><loc>\n {url} </loc><lastmod>2026-01-01</lastmod></{kind}>" for url in urls)


def test_a_sitemap_an_index_of_them_and_a_packed_one(small, tmp_path):
    url = small.url
    small.write("/sitemap.xml", INDEX.format(places("sitemap", f"{url}/one.xml", f"{url}/two.xml.gz", f"{url}/sitemap.xml")))
    small.write("/one.xml", SITEMAP.format(places("url", f"{url}/docs/a.html", f"{url}/gone", "https://example.org/x")))
    packed = gzip.compress(SITEMAP.format(places("url", f"{url}/docs/b.html", f"{url}/docs/a.html")).encode())
    small.write("/two.xml.gz", packed, media_type="application/gzip")
    reader = Reader(tmp_path, sitemap=f"{url}/sitemap.xml")
    assert list(reader.list()) == ["docs/a.html", "docs/b.html"]
    small.asked.clear()
    reader.list()
    assert [status for path, status in small.asked if path.startswith("/docs/")] == [304, 304]
    assert reader.spooled == []


@pytest.mark.parametrize(
    "content", ["<html>Login</html>", "no xml", "", '<!DOCTYPE x [<!ENTITY e "&e;&e;">]><urlset>&e;</urlset']
)
def test_a_sitemap_that_is_none_stops_the_listing(site, tmp_path, content):
    site.write("/sitemap.xml", content)
    with pytest.raises(SourceError, match="is not a sitemap"):
        Reader(tmp_path, sitemap=f"{site.url}/sitemap.xml").list()
    with pytest.raises(SourceError, match="answered 404"):
        Reader(tmp_path, sitemap=f"{site.url}/other.xml").list()


def test_a_packed_bomb_is_not_unpacked(site, tmp_path):
    site.write("/sitemap.xml", gzip.compress(b" " * 60_000_000), media_type="application/gzip")
    with pytest.raises(SourceError, match="more than 52,428,800 bytes"):
        Reader(tmp_path, sitemap=f"{site.url}/sitemap.xml").list()


def test_a_chain_of_indexes_is_not_followed_for_ever(site, tmp_path):
    for number in range(30):
        site.write(f"/{number}.xml", INDEX.format(places("sitemap", f"{site.url}/{number + 1}.xml")))
    with pytest.raises(SourceError, match=r"depth 4; 3 is allowed \(max_sitemap_depth\)"):
        Reader(tmp_path, sitemap=f"{site.url}/0.xml").list()
    assert len([path for path, _ in site.asked if path.endswith(".xml")]) == 4


def test_an_index_of_very_many_sitemaps_is_not_read_to_its_end(site, tmp_path):
    site.write("/i.xml", INDEX.format(places("sitemap", *(f"{site.url}/{number}.xml" for number in range(20)))))
    with pytest.raises(SourceError, match=r"leads to 21 sitemaps; 10 are allowed \(max_sitemaps\)"):
        Reader(tmp_path, sitemap=f"{site.url}/i.xml", max_sitemaps=10).list()


def test_a_sitemap_of_pages_that_are_not_there_ends(site, tmp_path):
    site.write("/sitemap.xml", SITEMAP.format(places("url", *(f"{site.url}/{number}" for number in range(100)))))
    reader = Reader(tmp_path, sitemap=f"{site.url}/sitemap.xml", max_pages=2)
    assert reader.list() == {}
    assert len([path for path, status in site.asked if status == 404 and path != "/robots.txt"]) == 20
    assert reader.source.facts() == {"cut_at_max_requests": "20"}
