import gzip
import hashlib
import pickle
import socket
from pathlib import Path

import pytest

from ragline.errors import SourceError
from ragline.ingest.item import Item
from ragline.ingest.source import Listing
from ragline.ingest.sources.website import addresses
from ragline.ingest.sources.website.addresses import is_public
from ragline.ingest.sources.website.options import WebsiteOptions
from ragline.ingest.sources.website.source import WebsiteSource
from ragline.ingest.sources.website.urls import normalise, path_of
from tests.ingest.sources.website.site import Site

QUICK = {"requests_per_second": 10_000, "retry_seconds": 0.001, "timeout_seconds": 5, "attempts": 3, "allow_private": True}


def page(*links: str) -> str:
    return "<h1>Page</h1>" + "".join(f'<a href="{link}">more</a>' for link in links)


class Reader:
    """A site's source, listed again and again as a pipeline would."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder = folder
        self.source = pickle.loads(pickle.dumps(WebsiteSource("web", WebsiteOptions(**{**QUICK, **options}), folder)))
        self.known: dict[str, str] = {}
        self.spooled: list[bytes] = []

    def list(self) -> dict[str, Item]:
        """The items by path; what was taken in is known the next time."""
        self.spooled = []
        found = list(self.source.items(Listing(self.known, self._spool)))
        self.known = {item.source_id: item.change_marker for item in found if item.refusal is None}
        assert len({item.source_id for item in found}) == len(found)
        return {item.source_id.split("/", 3)[3]: item for item in found}

    def _spool(self, content: bytes) -> str:
        self.spooled.append(content)
        file = self.folder / hashlib.sha256(content).hexdigest()
        file.write_bytes(content)
        return str(file)


@pytest.fixture
def small(site: Site) -> Site:
    """Four pages: the first leads to a and b, a leads to deep/c, c back to the first."""
    site.write("/docs/", page("a.html", "b.html#part", "/elsewhere.html", "https://example.org/", "mailto:x@y.z"))
    site.write("/docs/a.html", page("deep/c.pdf", "b.html", "../docs/b.html"))
    site.write("/docs/b.html", page("./", "a.html"))
    site.write("/docs/deep/c.pdf", b"%PDF-", media_type="application/pdf")
    site.write("/elsewhere.html", page())
    return site


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


def test_what_did_not_change_is_not_sent_again(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    before = reader.list()
    small.asked.clear()
    small.write("/docs/b.html", page("./", "new.html"))
    small.write("/docs/new.html", page())
    after = reader.list()
    assert list(after) == ["docs/", "docs/a.html", "docs/b.html", "docs/deep/c.pdf", "docs/new.html"]
    assert reader.spooled == [page("./", "new.html").encode(), page().encode()]
    assert [status for path, status in small.asked if path in ("/docs/a.html", "/docs/deep/c.pdf")] == [304, 304]
    assert after["docs/a.html"].change_marker == before["docs/a.html"].change_marker
    assert after["docs/a.html"].media_type == before["docs/a.html"].media_type
    assert reader.source.open(after["docs/a.html"]).read() == small.pages["/docs/a.html"].content


def test_another_machine_without_the_links_reads_those_pages_again(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    reader.list()
    for file in (tmp_path / ".ragline" / "web").iterdir():
        file.unlink()
    assert list(reader.list()) == ["docs/", "docs/a.html", "docs/b.html", "docs/deep/c.pdf"]
    assert reader.spooled == []


def test_a_page_that_nothing_leads_to_any_more_is_gone(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    reader.list()
    small.write("/docs/a.html", page("b.html"))
    assert list(reader.list()) == ["docs/", "docs/a.html", "docs/b.html"]


def test_last_modified_will_do_and_a_hash_where_there_is_neither(site, tmp_path):
    site.write("/", page("b", "c"), etag=False)
    site.write("/b", "b", etag=False)
    site.pages["/b"].headers["Last-Modified"] = "Sat, 21 Nov 2026 10:00:00 GMT"
    site.write("/c", "c", etag=False)
    reader = Reader(tmp_path, url=site.url)
    before = reader.list()
    site.asked.clear()
    after = reader.list()
    assert ("/b", 304) in site.asked
    assert reader.spooled == []
    assert {name: item.change_marker for name, item in after.items()} == {n: i.change_marker for n, i in before.items()}


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_not_listed(small, tmp_path, status):
    small.answer("/docs/a.html", status)
    assert list(Reader(tmp_path, url=f"{small.url}/docs/").list()) == ["docs/", "docs/b.html"]


def test_a_page_that_fails_keeps_what_it_led_to(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    reader.list()
    small.answer("/docs/a.html", 500)
    found = reader.list()
    assert list(found) == ["docs/", "docs/a.html", "docs/b.html", "docs/deep/c.pdf"]
    assert found["docs/a.html"].refusal.reason == "fetch_failed"
    assert "answered 500" in found["docs/a.html"].refusal.message
    assert found["docs/deep/c.pdf"].refusal is None


def test_a_failure_that_passes_is_tried_again_as_the_server_asks(site, tmp_path):
    site.write("/", "fine", fails=2)
    site.pages["/"].headers["Retry-After"] = "0"
    assert Reader(tmp_path, url=site.url, retry_seconds=100).list()[""].refusal is None
    assert [status for path, status in site.asked if path == "/"] == [503, 503, 200, 200]


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


def test_robots_txt_is_honoured(small, tmp_path):
    small.write("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: ragline\nDisallow: /docs/b\n", media_type="text/plain")
    assert list(Reader(tmp_path, url=f"{small.url}/docs/").list()) == ["docs/", "docs/a.html", "docs/deep/c.pdf"]
    assert "/docs/b.html" not in [path for path, _ in small.asked]
    small.answer("/robots.txt", 500)
    with pytest.raises(SourceError, match="robots.txt cannot be"):
        Reader(tmp_path, url=f"{small.url}/docs/").list()
    small.write("/robots.txt", "User-agent: *\nDisallow: /\n", media_type="text/plain")
    with pytest.raises(SourceError, match="robots.txt does not allow"):
        Reader(tmp_path, url=f"{small.url}/docs/").list()


def test_redirects_are_followed_inside_the_site_only(small, tmp_path):
    small.write("/docs/", page("moved", "away", "round"))
    small.answer("/docs/moved", 301, Location="b.html")
    small.answer("/docs/away", 302, Location="/elsewhere.html")
    small.answer("/docs/round", 302, Location="round")
    found = Reader(tmp_path, url=f"{small.url}/docs/").list()
    assert list(found) == ["docs/", "docs/b.html", "docs/round", "docs/a.html", "docs/deep/c.pdf"]
    assert "redirected more than 5 times" in found["docs/round"].refusal.message
    assert "/elsewhere.html" not in [path for path, _ in small.asked]


def test_the_first_page_may_be_elsewhere(small, tmp_path):
    small.answer("/start", 301, Location="/docs/")
    assert list(Reader(tmp_path, url=f"{small.url}/start").list())[0] == "docs/"


def test_bounds_of_a_crawl(small, tmp_path):
    url = f"{small.url}/docs/"
    assert list(Reader(tmp_path, url=url, max_depth=0).list()) == ["docs/"]
    assert list(Reader(tmp_path, url=url, max_depth=1).list()) == ["docs/", "docs/a.html", "docs/b.html"]
    assert list(Reader(tmp_path, url=url, max_pages=2).list()) == ["docs/", "docs/a.html"]
    assert list(Reader(tmp_path, url=url, include=["*.pdf"]).list()) == ["docs/deep/c.pdf"]
    assert list(Reader(tmp_path, url=url, exclude=["deep/", "index.html"]).list()) == ["docs/a.html", "docs/b.html"]
    assert "elsewhere.html" in Reader(tmp_path, url=url, prefix=f"{small.url}/").list()


def test_a_page_that_is_too_large_is_cut_off(small, tmp_path):
    small.write("/docs/b.html", b"x" * 5_000_000)
    reader = Reader(tmp_path, url=f"{small.url}/docs/", max_bytes=10_000)
    found = reader.list()
    assert found["docs/b.html"].refusal.reason == "too_large"
    assert found["docs/b.html"].size == 10_001
    assert max(map(len, reader.spooled)) < 10_000


def test_a_server_that_never_answers_costs_one_timeout(small, tmp_path):
    silent = socket.create_server(("127.0.0.1", 0))
    with pytest.raises(SourceError, match="ReadTimeout"):
        Reader(tmp_path, url=f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout_seconds=0.1, attempts=1).list()
    silent.close()


def test_requests_keep_their_distance(small, tmp_path, monkeypatch):
    from ragline.ingest.sources.website import client

    slept: list[float] = []
    monkeypatch.setattr(client.time, "sleep", slept.append)
    small.write("/robots.txt", "User-agent: *\nCrawl-delay: 20\n", media_type="text/plain")
    Reader(tmp_path, url=f"{small.url}/docs/", max_depth=0, requests_per_second=4).list()
    assert slept[0] == pytest.approx(0.25, abs=0.2)
    assert slept[-1] > 15


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


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "::7f00:1"),
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_that_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]"])
def test_private_addresses_are_refused_unless_allowed(site, tmp_path, host):
    site.write("/", page())
    url = f"http://{host}:{site.url.rpartition(':')[2]}/"
    with pytest.raises(SourceError, match="not a public address; allow_private: true"):
        Reader(tmp_path, url=url, allow_private=False).list()
    assert site.asked == []


def test_a_redirect_to_a_private_address_is_refused_before_anything_is_sent(site, tmp_path, monkeypatch):
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    private = socket.create_server(("127.0.0.2", 0))
    site.answer("/", 302, Location=f"http://127.0.0.2:{private.getsockname()[1]}/secret")
    with pytest.raises(SourceError, match=r"127\.0\.0\.2, not a public address"):
        Reader(tmp_path, url=site.url, allow_private=False).list()
    private.settimeout(0)
    with pytest.raises(BlockingIOError):
        private.accept()
    private.close()


def test_a_second_answer_of_the_dns_changes_nothing(site, monkeypatch):
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def rebinding(host, port, *args, **kwargs):
        if host != "rebind.example":
            return resolve(host, port, *args, **kwargs)
        asked.append(host)
        return resolve("127.0.0.1" if len(asked) % 2 else "127.0.0.9", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    stream = addresses.PublicBackend().connect_tcp("rebind.example", int(site.url.rpartition(":")[2]))
    assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
    assert len(asked) == 1
    stream.close()


def test_spellings_of_a_url():
    assert normalise("HTTP://User:pw@Example.ORG:80/a/../b?x=1#y") == "http://example.org/b?x=1"
    assert normalise("c", "https://h/a/b") == "https://h/a/c"
    assert [normalise(url, "https://h/") for url in ("javascript:x()", "ftp://h/x", "http://", "http://[bad")] == [None] * 4
    assert (path_of("https://h/"), path_of("https://h/a/"), path_of("https://h/a/b?c=d")) == (
        "index.html",
        "a/index.html",
        "a/b?c=d",
    )


def test_options_that_make_no_sense():
    for options in ({}, {"url": "https://h/", "sitemap": "https://h/s.xml"}, {"url": "file:///etc/passwd"}, {"url": "h/x"}):
        with pytest.raises(ValueError, match="either url|full http"):
            WebsiteOptions(**options)
