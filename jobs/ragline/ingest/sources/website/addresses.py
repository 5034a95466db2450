"""Only addresses of the public Internet: a page must not make this machine read what others cannot reach."""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from ragline.errors import RaglineError

# Addresses that stand for IPv4 ones: NAT64, and the deprecated "compatible" form.
_WRAPPING = [ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96")]


class AddressRefused(RaglineError):
    """A host's address is private, link-local, loopback, or otherwise not of the public Internet."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public Internet; IPv4 addresses inside of IPv6 ones count as what they are."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if any(ip in network for network in _WRAPPING):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


class PublicBackend(httpcore.SyncBackend):
    """Resolves a host once, and connects to the very address that was checked: a second answer of the DNS changes nothing."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers.

        Raises:
            AddressRefused: one of the host's addresses is not public.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if refused := [address for address in addresses if not is_public(address)]:
            raise AddressRefused(f"{host} is at {refused[0]}, not a public address; allow_private: true would read it.")
        return self._first(addresses, port, timeout, local_address, socket_options)

    def _first(self, addresses: list[str], port: int, *how: Any) -> httpcore.NetworkStream:
        for address in addresses[:-1]:
            try:
                return super().connect_tcp(address, port, *how)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(addresses[-1], port, *how)


class PublicTransport(httpx.HTTPTransport):
    """httpx's transport with connections to public addresses only."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        # httpx has no parameter for the backend of its pool.
        self._pool = httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=PublicBackend())
