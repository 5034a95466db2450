import gzip
import socket
import threading
from contextlib import suppress

import pytest

from ragline.errors import SourceError
from ragline.ingest.sources.website.client import FetchFailed, WebClient
from ragline.ingest.sources.website.options import WebsiteOptions
from tests.ingest.sources.website.reader import Reader, page


def test_a_failure_that_passes_is_tried_again_as_the_server_asks(site, tmp_path):
    site.write("/", "fine", fails=2)
    site.pages["/"].headers["Retry-After"] = "0"
    assert Reader(tmp_path, url=site.url, retry_seconds=100).list()[""].refusal is None
    assert [status for path, status in site.asked if path == "/"] == [503, 503, 200, 200]


def test_redirects_are_followed_inside_the_site_only(small, tmp_path):
    small.write("/docs/", page("moved", "away", "round"))
    small.answer("/docs/moved", 301, Location="b.html")
    small.answer("/docs/away", 302, Location="/elsewhere.html")
    small.answer("/docs/round", 302, Location="round")
    found = Reader(tmp_path, url=f"{small.url}/docs/").list()
    assert list(found) == ["docs/", "docs/b.html", "docs/round", "docs/a.html", "docs/deep/c.pdf"]
    assert "redirected more than 5 times" in found["docs/round"].refusal.message
    assert "/elsewhere.html" not in [path for path, _ in small.asked]


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


def test_a_page_that_is_packed_twice_is_refused(small, tmp_path):
    small.write("/docs/b.html", gzip.compress(gzip.compress(bytes(50 * 2**20))))
    small.pages["/docs/b.html"].headers["Content-Encoding"] = "gzip, gzip"
    found = Reader(tmp_path, url=f"{small.url}/docs/").list()
    assert "is packed with 'gzip, gzip', which nobody asked for" in found["docs/b.html"].refusal.message


def test_a_packed_page_is_unpacked_to_the_limit_only(small, tmp_path):
    small.write("/docs/b.html", gzip.compress(bytes(100 * 2**20)))
    small.pages["/docs/b.html"].headers["Content-Encoding"] = "gzip"
    found = Reader(tmp_path, url=f"{small.url}/docs/", max_bytes=10_000).list()
    assert (found["docs/b.html"].refusal.reason, found["docs/b.html"].size) == ("too_large", 10_001)


@pytest.mark.parametrize("drop", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
def test_a_server_that_sends_a_byte_now_and_then_is_left(tmp_path, drop):
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip():
        connection, _ = listening.accept()
        connection.sendall(drop)
        while not ended.wait(0.02):
            with suppress(OSError):
                connection.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    options = WebsiteOptions(url="http://127.0.0.1/", allow_private=True, timeout_seconds=0.05, attempts=1)
    try:
        with WebClient(options) as client, pytest.raises(FetchFailed, match="the answer takes too long as a whole|ReadTimeout"):
            client.follow(f"http://127.0.0.1:{listening.getsockname()[1]}/", lambda url: True)
    finally:
        ended.set()
        thread.join()
        listening.close()


def test_endless_headers_are_not_read_to_their_end(small, tmp_path):
    small.write("/docs/b.html", "x")
    small.pages["/docs/b.html"].headers.update({f"X-{number}": "y" * 1000 for number in range(300)})
    assert Reader(tmp_path, url=f"{small.url}/docs/", attempts=1).list()["docs/b.html"].refusal.reason == "fetch_failed"
