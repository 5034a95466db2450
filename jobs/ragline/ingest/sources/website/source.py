"""Pages of a web site: those of its sitemap, or those that its first page leads to."""

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

import httpx

from ragline.contracts.fingerprints import fingerprint
from ragline.errors import SourceError
from ragline.ingest.item import Item
from ragline.ingest.marked_bytes import MarkedBytes
from ragline.ingest.source import Listing, Source
from ragline.ingest.sources.website.addresses import AddressRefused
from ragline.ingest.sources.website.change_marker import marker_of
from ragline.ingest.sources.website.client import FetchFailed, WebClient
from ragline.ingest.sources.website.crawl import Crawl
from ragline.ingest.sources.website.link_cache import LinkCache
from ragline.ingest.sources.website.options import WebsiteOptions
from ragline.ingest.sources.website.robots import Robots
from ragline.ingest.sources.website.sitemap import LONGEST, pages_of
from ragline.ingest.sources.website.urls import Site, path_of
from ragline.ingest.sources.website.visit import Visitor
from ragline.lake.files import read_bytes
from ragline.runtime.lineage import ExternalInput

log = logging.getLogger(__name__)


class WebsiteSource(Source[WebsiteOptions]):
    """One item a page; its id is its URL, after redirects."""

    options_model = WebsiteOptions
    _cut_by = ""

    @property
    def reads_while_listing(self) -> bool:
        """To find the links."""
        return True

    def check(self) -> None:
        """No request is made before the listing, which fails if the first page or the sitemap cannot be read."""

    def dataset(self) -> ExternalInput:
        """Host and path."""
        url = httpx.URL(self.options.prefix or self.options.beginning)
        return ExternalInput(f"{url.scheme}://{url.netloc.decode()}", url.path)

    def facts(self) -> Mapping[str, str]:
        """Where the last listing was cut off, if it was."""
        limits = {"max_pages": self.options.max_pages, "max_requests": self.options.request_limit}
        return {f"cut_at_{self._cut_by}": str(limits[self._cut_by])} if self._cut_by else {}

    def listed(self, listing: Listing) -> Iterator[Item]:
        """Pages in the order of the sitemap, or of the links."""
        try:
            with WebClient(self.options) as client:
                read = self._from_sitemap if self.options.sitemap else self._crawled
                yield from read(client, Robots(client), listing)
        except (SourceError, AddressRefused) as error:
            raise SourceError(f"Source {self.name!r}: {error}") from error

    def open(self, item: Item) -> BinaryIO:
        """The page as it was listed, or, where it had not changed then, as it is now."""
        if item.locator:
            if (content := read_bytes(item.locator)) is None:
                raise FileNotFoundError(2, "what the listing kept is gone", item.locator)
            return io.BytesIO(content)
        with WebClient(self.options) as client:
            try:
                response = client.follow(item.source_id, Robots(client).allow)
            except (FetchFailed, AddressRefused) as error:
                raise OSError(str(error)) from error
        if response is None or response.status != 200:
            raise OSError(f"{item.uri} answered {response.status if response else 'that it is not to be read'}")
        return MarkedBytes(response.content, marker_of(response.headers, response.content))

    def _from_sitemap(self, client: WebClient, robots: Robots, listing: Listing) -> Iterator[Item]:
        sitemap = self.options.beginning
        site = Site.below(self.options.prefix) if self.options.prefix else Site(Site.below(sitemap).host, "/")
        visitor = self._visitor(client, robots, listing, site)
        asked: set[str] = set()
        listed: set[str] = set()
        limits = {"max_sitemaps": self.options.max_sitemaps, "max_depth": self.options.max_sitemap_depth}
        for url in pages_of(sitemap, _reader(client, robots), **limits):
            if url in asked or not (site.holds(url) and self._wanted(url)):
                continue
            if len(listed) >= self.options.max_pages or len(asked) >= self.options.request_limit:
                self._cut_by = "max_pages" if len(listed) >= self.options.max_pages else "max_requests"
                log.warning("%s has more pages than %s allows; the others are not taken in.", sitemap, self._cut_by)
                return
            asked.add(url)
            item = visitor.visit(url).item
            if item and item.source_id not in listed and self._wanted(item.source_id):
                listed.add(item.source_id)
                yield item

    def _crawled(self, client: WebClient, robots: Robots, listing: Listing) -> Iterator[Item]:
        start = self._start(client, robots)
        site = Site.below(self.options.prefix or start)
        visitor = self._visitor(client, robots, listing, site)
        link_cache = LinkCache(self.root / ".ragline" / "web" / f"{self.name}-{fingerprint(start)}.json")
        crawl = Crawl(self.options, visitor, link_cache, self._wanted)
        yield from crawl.items(site, start)
        self._cut_by = crawl.cut_by

    def _start(self, client: WebClient, robots: Robots) -> str:
        """Where the first page really is: sites move to https or another host."""
        try:
            response = client.follow(self.options.beginning, robots.allow, limit=1)
        except FetchFailed as error:
            raise SourceError(f"The first page cannot be read: {error}") from error
        return response.url if response else self.options.beginning

    def _visitor(self, client: WebClient, robots: Robots, listing: Listing, site: Site) -> Visitor:
        return Visitor(client, listing, self.options.max_bytes, lambda url: site.holds(url) and robots.allow(url))

    def _wanted(self, url: str) -> bool:
        return self.options.selects(path_of(url))


def _reader(client: WebClient, robots: Robots) -> Callable[[str], bytes]:
    def read(url: str) -> bytes:
        try:
            response = client.follow(url, robots.allow, limit=LONGEST)
        except FetchFailed as error:
            raise SourceError(f"The sitemap cannot be read: {error}") from error
        if response is None or response.status != 200:
            raise SourceError(f"The sitemap {url} answered {response.status if response else 'that it is not to be read'}.")
        return response.content

    return read
