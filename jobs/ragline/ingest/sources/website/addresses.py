"""Connections to addresses that may be read only: a page must not make this machine read what others cannot reach."""

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from ragline.errors import RaglineError
from ragline.ingest.network.special_addresses import is_never_read, is_public


class AddressRefused(RaglineError):
    """A host's address is link-local, one of a cloud's metadata, or, where that is not allowed, not of the public Internet."""


class CheckedBackend(httpcore.SyncBackend):
    """Resolves a host once, and connects to the very address that was checked: a second answer of the DNS changes nothing.

    ``deadline`` (of ``time.monotonic``) bounds whatever is read of the server after it was set: a timeout alone is for one read,
    and a server that sends a byte now and then would never be through.
    """

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        self.deadline = float("inf")

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
            AddressRefused: one of the host's addresses may not be read.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            self._check(host, address)
        return _TimedStream(self._first(addresses, port, timeout, local_address, socket_options), self)

    def _check(self, host: str, address: str) -> None:
        if is_never_read(address):
            raise AddressRefused(f"{host} is at {address}: link-local addresses and those of a cloud's metadata are never read.")
        if not self._allow_private and not is_public(address):
            raise AddressRefused(f"{host} is at {address}, not a public address; allow_private: true would read it.")

    def _first(self, addresses: list[str], port: int, *how: Any) -> httpcore.NetworkStream:
        for address in addresses[:-1]:
            try:
                return super().connect_tcp(address, port, *how)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(addresses[-1], port, *how)


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no read outlasts the backend's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, backend: CheckedBackend) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._backend.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer takes too long as a whole")
        return self._stream.read(max_bytes, left if timeout is None else min(timeout, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class CheckedTransport(httpx.HTTPTransport):
    """httpx's transport over checked connections."""

    def __init__(self, *, allow_private: bool) -> None:
        super().__init__(trust_env=False)
        self._backend = CheckedBackend(allow_private=allow_private)
        # httpx has no parameter for the backend of its pool.
        self._pool = httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=self._backend)

    def give_time(self, seconds: float) -> None:
        """Let the request that follows take so long as a whole."""
        self._backend.deadline = time.monotonic() + seconds
