import socket

import pytest

from ragline.errors import SourceError
from ragline.ingest.sources.website import addresses
from ragline.ingest.sources.website.addresses import AddressRefused, CheckedBackend
from tests.ingest.sources.website.reader import Reader, page

METADATA = [
    *("169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]"),
    *("2852039166", "169.254.43518", "[::ffff:0:a9fe:a9fe]", "[2002:a9fe:a9fe::]"),
]


@pytest.mark.parametrize("host", METADATA)
def test_no_connection_is_made_to_a_cloud_s_metadata(host):
    for allow_private in (True, False):
        with pytest.raises(AddressRefused, match="never read"):
            CheckedBackend(allow_private=allow_private).connect_tcp(host.strip("[]"), 80, timeout=0.1)


@pytest.mark.parametrize("host", METADATA)
def test_no_redirect_leads_to_a_cloud_s_metadata_even_where_private_addresses_are_allowed(site, tmp_path, host):
    site.answer("/", 302, Location=f"http://{host}/latest/meta-data/")
    with pytest.raises(SourceError, match="link-local addresses and those of a cloud's metadata are never read"):
        Reader(tmp_path, url=f"{site.url}/", timeout_seconds=0.2, attempts=1).list()


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
    stream = addresses.CheckedBackend().connect_tcp("rebind.example", int(site.url.rpartition(":")[2]))
    assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
    assert len(asked) == 1
    stream.close()
