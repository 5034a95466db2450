import pytest

from ragline.privacy.kinds.ip_addresses import find_ip_addresses
from tests.privacy.detection import found_by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 93.184.216.34 port 22", ["93.184.216.34"]),
        ("http://192.168.1.20:8080/x", ["192.168.1.20"]),
        ("10.0.0.5/24.", ["10.0.0.5"]),
        ("ip=1.1.1.1", ["1.1.1.1"]),
        ("2a00:1450:0:1::/64", ["2a00:1450:0:1::"]),
        ("the server 8.8.8.8", ["8.8.8.8"]),
        ("ping6 2a00:1450:4001:801::1011", ["2a00:1450:4001:801::1011"]),
        ("http://[fe80::1:2ab]/", ["fe80::1:2ab"]),
        ("6e40:4041:c617:e898:c11:40d2:c669:2eb4 blocked", ["6e40:4041:c617:e898:c11:40d2:c669:2eb4"]),
        ("2001:db8::7, 192.0.2.1", ["192.0.2.1", "2001:db8::7"]),
        ("fe80::1:2ab.", ["fe80::1:2ab"]),
    ],
)
def test_finds_addresses(text: str, expected: list[str]) -> None:
    assert found_by(find_ip_addresses, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.1 ::1 :: ff02::1",
        "version 192.168.1.2",
        "v120.3.4.5",
        "foo==101.2.3.4",
        "foo-101.2.3.4.tar.gz",
        "3.3.9.45",
        "Section 4.2.1.100",
        "1.2.3.4.5",
        "300.1.2.3",
        "std::vector, a::b, x[::2], 12:30:45, in 2006::",
        "00:1a:2b:3c:4d:5e",
    ],
)
def test_leaves_versions_sections_and_what_is_no_machine(text: str) -> None:
    assert found_by(find_ip_addresses, text) == []
