"""Request a page and make an item of the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ragline.errors import SourceError
from ragline.ingest.item import Item, Refusal
from ragline.ingest.source import Listing
from ragline.ingest.sources.website.addresses import AddressRefused
from ragline.ingest.sources.website.change_marker import conditions, marker_of, media_type_of
from ragline.ingest.sources.website.client import FetchFailed, Response, WebClient

_GIVE_UP_AFTER = 10


@dataclass(frozen=True)
class Visit:
    """The result of requesting a page.

    Attributes:
        item: None if the page is gone or must not be read.
        content: None if it did not change.
        failed: there was no usable answer.
    """

    item: Item | None = None
    content: bytes | None = None
    failed: bool = False


@dataclass
class Visitor:
    """Requests pages, with the change markers of those that the lake holds.

    After ten pages in a row without an answer the site is taken to be down: ``SourceError``.
    """

    client: WebClient
    listing: Listing
    max_bytes: int
    may_ask: Callable[[str], bool]
    _failures: int = field(default=0, init=False)

    def visit(self, url: str, *, whole: bool = False) -> Visit:
        """Request a page; with ``whole`` its bytes are sent even if they did not change."""
        markers = self.listing.change_markers
        try:
            response = self.client.follow(url, self.may_ask, lambda hop: {} if whole else _conditions(markers, hop))
        except AddressRefused as error:
            return Visit(Item(url, url, refusal=Refusal("private_address", str(error))))
        except FetchFailed as error:
            self._failures += 1
            if self._failures >= _GIVE_UP_AFTER:
                raise SourceError(
                    f"{self._failures} pages in a row had no answer; the last: {error} Nothing was taken in."
                ) from error
            return self._failure(url, str(error))
        self._failures = 0
        if response is None or response.status in (404, 410):
            return Visit()
        if response.status == 304:
            marker = markers.get(response.url, "")
            return Visit(Item(response.url, response.url, media_type_of(marker), marker))
        if not 200 <= response.status < 300:
            return self._failure(response.url, f"{response.url} answered {response.status}.")
        return Visit(self._item(response), response.content)

    def _failure(self, url: str, message: str) -> Visit:
        # Without a change marker, so that it is requested again the next time.
        return Visit(Item(url, url, refusal=Refusal("fetch_failed", message)), failed=True)

    def _item(self, response: Response) -> Item:
        url, size = response.url, len(response.content)
        marker = marker_of(response.headers, response.content)
        item = Item(url, url, response.headers.get("content-type", ""), marker, size)
        if size > self.max_bytes:
            return replace(item, refusal=Refusal("too_large", f"{url} has more than {self.max_bytes:,} bytes (max_bytes)."))
        if self.listing.change_markers.get(url) == marker:
            return item  # not kept: what did not change is not opened, or else it is fetched again
        return replace(item, locator=self.listing.spool(response.content))


def _conditions(markers: Mapping[str, str], url: str) -> Mapping[str, str]:
    return conditions(markers.get(url, ""))
