"""The rules of robots.txt. RFC 9309: no such file allows all; one that cannot be read allows nothing."""

import httpx
from protego import Protego

from ragline.errors import SourceError
from ragline.ingest.sources.website.client import PRODUCT, FetchFailed, WebClient

_LONGEST = 500 * 1024


class Robots:
    """The rules of every host that is requested, each read once."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._rules: dict[str, Protego] = {}

    def allow(self, url: str) -> bool:
        """Whether a page may be read.

        Raises:
            SourceError: the host's robots.txt cannot be read, so nobody knows.
        """
        host = str(httpx.URL(url).copy_with(path="/robots.txt", query=None))
        if host not in self._rules:
            self._rules[host] = self._read(host)
            if delay := self._rules[host].crawl_delay(PRODUCT):
                self._client.slow_down(float(delay))
        return self._rules[host].can_fetch(url, PRODUCT)

    def _read(self, url: str) -> Protego:
        try:
            response = self._client.follow(url, lambda hop: True, limit=_LONGEST)
        except FetchFailed as error:
            raise SourceError(f"Nobody knows what may be read, as robots.txt cannot be: {error}") from error
        found = response is not None and response.status == 200
        return Protego.parse(response.content[:_LONGEST].decode("utf-8", "replace") if found and response else "")
