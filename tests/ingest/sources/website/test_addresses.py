import socket

import pytest

from ragline.errors import SourceError
from ragline.ingest.sources.website import addresses
from ragline.ingest.sources.website.addresses import is_public
from tests.ingest.sources.website.reader import Reader, page


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
