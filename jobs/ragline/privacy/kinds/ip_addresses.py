"""Internet addresses, versions 4 and 6, that lead to somebody's machine."""

import ipaddress
import re
from collections.abc import Iterator

from ragline.privacy.context import before
from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

_V4 = re.compile(
    r"[0-9](?<![\w][0-9])(?<![\w)\]][.][0-9])(?<![-~^][0-9])(?<![=<>!~]=[0-9])[0-9]{0,2}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?!\w)(?!\.\w)(?!-[\w])"
)
# Two colons with little between: the engine finds the first at memory speed, what precedes it is read backwards.
_V6 = re.compile(r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*")
_V6_HEAD = re.compile(r"[0-9A-Fa-f]{0,4}\Z")

_VERSION = re.compile(
    r"(?:\bv|\bver\.?|versions?|releases?|build|\bsections?|§|chapters?|\bpart|figure|table|firmware)\W{0,3}\Z", re.IGNORECASE
)
_ADDRESS_WORD = re.compile(
    r"\b(?:ip|ips|ipv4|address(?:es)?|hosts?|servers?|dns|gateway|subnet|client|ping|peer|router|remote)\b", re.IGNORECASE
)

# Nobody's: this host, groups and masks (RFC 1122, 5771, 4291).
_NOBODYS_V4 = tuple(map(ipaddress.IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.0.0.0/8")))
_NOBODYS_V6 = tuple(map(ipaddress.IPv6Network, ("::/127", "ff00::/8")))
_SPOKEN_FOR_V6 = tuple(map(ipaddress.IPv6Network, ("2000::/3", "fc00::/7", "fe80::/10")))
# Numbers of versions and sections are small. So are many of 10.0.0.0/8, and next to no version begins with 10.
_SMALL = 64
_PRIVATE_A = ipaddress.IPv4Network("10.0.0.0/8")


def find_ip_addresses(searched: SearchedText) -> Iterator[Finding]:
    """Valid addresses, without versions, section numbers, loopback and masks."""
    text = searched.text
    for start, end in searched.dotted_runs:
        for match in _V4.finditer(text, start, end):
            if _is_v4(text, match.start(), match[0]):
                yield Finding("ip", *match.span())
    for match in _V6.finditer(text):
        start = match.start() - len(_head(text, match.start()))
        end = match.start() + len(match[0].rstrip("." if match[0].endswith("::") else ".:"))
        if (
            not text[start - 1 : start].isalnum()
            and not text[end : end + 1].isalnum()
            and _is_v6(text[start:end], is_network=text.startswith("/", end))
        ):
            yield Finding("ip", start, end)


def _head(text: str, colon: int) -> str:
    head = _V6_HEAD.search(text[max(0, colon - 4) : colon])
    return head[0] if head else ""


def _is_v4(text: str, start: int, written: str) -> bool:
    try:
        address = ipaddress.IPv4Address(written)
    except ValueError:
        return False
    if any(address in network for network in _NOBODYS_V4):
        return False
    words = before(text, start, 32)
    if _VERSION.search(words):
        return False
    return address in _PRIVATE_A or max(address.packed) >= _SMALL or _ADDRESS_WORD.search(words) is not None


def _is_v6(written: str, *, is_network: bool) -> bool:
    try:
        address = ipaddress.IPv6Address(written)
    except ValueError:
        return False
    if any(address in network for network in _NOBODYS_V6):
        return False
    if "::" not in written:
        return True
    has_digit = any(map(str.isdigit, written))
    return (
        has_digit
        and (is_network or not written.endswith("::"))
        and len(written) > 5
        and any(address in network for network in _SPOKEN_FOR_V6)
    )


# As often what a manual is about as it is somebody's.
MEMBERS = (Kind("ip", 9, find_ip_addresses, recommended="tag"),)
