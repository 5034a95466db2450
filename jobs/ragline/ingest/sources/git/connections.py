"""HTTP connections to a git server: a redirect must not lead to an address that no source may read."""

import socket

from dulwich.client import default_urllib3_manager
from dulwich.config import Config
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from ragline.errors import SourceError
from ragline.ingest.network.special_addresses import is_never_read


def connections(config: Config, url: str) -> PoolManager:
    """The connections for a repository at ``url``, as ``config`` and the environment's proxies say."""
    # dulwich's type says what it may also return where it is given callbacks.
    return default_urllib3_manager(config, pool_manager_cls=_CheckedManager, base_url=url)  # type: ignore[return-value]


def _checked(connection: socket.socket) -> socket.socket:
    address = str(connection.getpeername()[0])
    if is_never_read(address):
        connection.close()
        raise SourceError(f"The server is at {address}: link-local addresses and those of a cloud's metadata are never read.")
    return connection


class _CheckedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _CheckedTlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _CheckedPool(HTTPConnectionPool):
    ConnectionCls = _CheckedConnection


class _CheckedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTlsConnection


class _CheckedManager(PoolManager):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.pool_classes_by_scheme = {"http": _CheckedPool, "https": _CheckedTlsPool}
