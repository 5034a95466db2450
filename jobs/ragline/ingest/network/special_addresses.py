"""Which addresses are of the public Internet, and which no source may read whatever is configured.

The ranges are those of IANA's registries of special-purpose addresses (RFC 6890 and its updates), of multicast, and of what was
reserved before: https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry.
"""

import ipaddress
from collections.abc import Iterator

IPv4 = ipaddress.IPv4Address
IPv6 = ipaddress.IPv6Address

_NOT_PUBLIC_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared address space of carriers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4, deprecated
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# All that IANA has given out for hosts. What lies outside is loopback, unique local (fc00::/7), link-local, site-local
# (fec0::/10), multicast, discard-only (100::/64), local NAT64 (64:ff9b:1::/48), segment routing (5f00::/16) …
_GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = [
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocol assignments: Teredo, benchmarks, ORCHID … None of them is a web server's.
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
]
# IPv6 networks whose addresses stand for IPv4 ones, with how many bits stand behind the IPv4 address.
_MAPPED = (ipaddress.IPv6Network("::ffff:0:0/96"), 0)
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), 0)
_6TO4 = (ipaddress.IPv6Network("2002::/16"), 80)
# These lead nowhere on the public Internet, but may lead to an IPv4 host of a network that translates.
_TRANSLATED = (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0)
_COMPATIBLE = (ipaddress.IPv6Network("::/96"), 0)
_LOCAL_NAT64 = (ipaddress.IPv6Network("64:ff9b:1::/48"), 0)
_ISATAP = (0x00005EFE, 0x02005EFE)  # the half of an interface identifier that says that an IPv4 address follows

# Where clouds answer a virtual machine with its credentials. Most of it is link-local, the rest is named.
_METADATA = [
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::/32",  # Amazon
        "fd20:ce::/64",  # Google
        "fd00:a9fe:a9fe::/48",  # Scaleway, Exoscale: 169.254.169.254 in another spelling
        "100.100.100.200/32",  # Alibaba
        "192.0.0.192/32",  # Oracle
        "168.63.129.16/32",  # Azure
    )
]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public Internet; IPv4 addresses inside of IPv6 ones count as what they are.

    Raises:
        ValueError: it is no IP address.
    """
    ip = _parsed(address)
    if is_never_read(address):
        return False
    if isinstance(ip, IPv4):
        return _is_public_v4(ip)
    for network, behind in (_MAPPED, _NAT64, _6TO4):
        if ip in network:
            return _is_public_v4(_inner(ip, behind))
    if ip not in _GLOBAL_UNICAST_V6 or any(ip in network for network in _NOT_PUBLIC_V6):
        return False
    return all(_is_public_v4(inner) for inner in _isatap(ip))


def is_never_read(address: str) -> bool:
    """Whether an address is link-local, or one where a cloud hands out credentials: no source reads it, whatever it is allowed.

    Raises:
        ValueError: it is no IP address.
    """
    ip = _parsed(address)
    every = [ip, *(_embedded(ip) if isinstance(ip, IPv6) else ())]
    return any(one in network for one in every for network in _METADATA)


def _parsed(address: str) -> IPv4 | IPv6:
    return ipaddress.ip_address(address.partition("%")[0])


def _is_public_v4(ip: IPv4) -> bool:
    return not any(ip in network for network in _NOT_PUBLIC_V4)


def _inner(ip: IPv6, behind: int) -> IPv4:
    return IPv4(int(ip) >> behind & 0xFFFFFFFF)


def _embedded(ip: IPv6) -> Iterator[IPv4]:
    """Every IPv4 address that a translator could see in an IPv6 one."""
    for network, behind in (_MAPPED, _NAT64, _6TO4, _TRANSLATED, _COMPATIBLE, _LOCAL_NAT64):
        if ip in network:
            yield _inner(ip, behind)
    if ip in _LOCAL_NAT64[0]:  # https://www.rfc-editor.org/rfc/rfc6052#section-2.2: around the eight bits that are zero
        number = int(ip)
        yield IPv4((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)  # a prefix of 48 bits
        yield IPv4((number >> 64 & 0xFF) << 24 | number >> 32 & 0xFFFFFF)  # of 56
        yield IPv4(number >> 24 & 0xFFFFFFFF)  # of 64
    if ip.teredo:
        yield from ip.teredo
    yield from _isatap(ip)


def _isatap(ip: IPv6) -> Iterator[IPv4]:
    if int(ip) >> 32 & 0xFFFFFFFF in _ISATAP:
        yield _inner(ip, 0)
