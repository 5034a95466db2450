import ipaddress

import pytest

from ragline.ingest.network.special_addresses import is_never_read, is_public

# IANA's registries of special-purpose addresses as of 2025-10, the ranges that are not "globally reachable"; multicast; and what
# was reserved or deprecated before. The first and the last address of each is asked about.
NOT_PUBLIC = [
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.170/31", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
    *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "233.252.0.0/24", "240.0.0.0/4", "255.255.255.255/32"),
    *("::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/32", "2001:2::/48", "2001:10::/28"),
    *("2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "4000::/3", "e000::/4"),
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "198.17.255.255",
    "223.255.255.255",
]
PUBLIC_V6 = ["2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::1", "2003::1", "3ffe:ffff::1"]
# How an IPv4 address may stand in an IPv6 one; the last two lead nowhere on the public Internet, whatever stands in them.
WAYS = {
    "mapped": (lambda v4: (0xFFFF << 32) | v4, True),
    "NAT64": (lambda v4: (0x64FF9B << 96) | v4, True),
    "6to4": (lambda v4: (0x2002 << 112) | v4 << 80 | 1, True),
    "ISATAP": (lambda v4: (0x26064700 << 96) | (0x5EFE << 32) | v4, True),
    "translated": (lambda v4: (0xFFFF << 48) | v4, False),
    "compatible": (lambda v4: v4, False),
    "local NAT64": (lambda v4: (0x64FF9B0001 << 80) | v4, False),
}


@pytest.mark.parametrize("network", NOT_PUBLIC)
def test_special_ranges_are_not_public(network):
    addresses = ipaddress.ip_network(network)
    assert not is_public(str(addresses[0]))
    assert not is_public(str(addresses[-1]))


@pytest.mark.parametrize("address", [*PUBLIC, *PUBLIC_V6])
def test_addresses_that_are_public(address):
    assert is_public(address)
    assert not is_never_read(address)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("v4", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "224.0.0.1", "8.8.8.8"])
def test_an_ipv4_address_inside_of_an_ipv6_one_counts_as_what_it_is(way, v4):
    wrap, may_be_public = WAYS[way]
    wrapped = str(ipaddress.IPv6Address(wrap(int(ipaddress.IPv4Address(v4)))))
    assert is_public(wrapped) is (may_be_public and v4 == "8.8.8.8")
    assert is_never_read(wrapped) is (v4 == "169.254.169.254")


def test_a_zone_changes_nothing():
    assert not is_public("fe80::1%eth0")
    assert is_never_read("fe80::1%25eth0")


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255", "fe80::", "fe80::a9fe:a9fe", "febf::1"),
        *(
            "fd00:ec2::254",
            "fd00:ec2::23",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "fd20:ce::254",
            "64:ff9b:1:a9fe:a9:fe00::",
        ),
        *("64:ff9b:1:a9:fe:a9fe::", "64:ff9b:1:0:a9:fea9:fe00:0"),
    ],
)
def test_link_local_and_metadata_addresses_are_never_read(address):
    assert is_never_read(address)
    assert not is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd00::1", "100.100.100.201"])
def test_other_private_addresses_may_be_allowed(address):
    assert not is_never_read(address)
