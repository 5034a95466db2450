"""Crawl a site: follow the links from its first page."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ragline.errors import SourceError
from ragline.ingest.item import Item
from ragline.ingest.sources.website.link_cache import LinkCache
from ragline.ingest.sources.website.links import links_of
from ragline.ingest.sources.website.options import WebsiteOptions
from ragline.ingest.sources.website.urls import Site
from ragline.ingest.sources.website.visit import Visit, Visitor

log = logging.getLogger(__name__)

_PAGES = ("text/html", "application/xhtml+xml")


@dataclass
class Crawl:
    """Breadth first: pages near the first one come first, in the order of their links. ``cut_by`` is the limit that ended
    the last listing, if one did."""

    options: WebsiteOptions
    visitor: Visitor
    link_cache: LinkCache
    wanted: Callable[[str], bool]
    cut_by: str = field(default="", init=False)
    _asked: set[str] = field(default_factory=set, init=False)
    _listed: set[str] = field(default_factory=set, init=False)
    _lost_links: bool = field(default=False, init=False)

    def items(self, site: Site, start: str) -> Iterator[Item]:
        """Every page that is reached, and is wanted."""
        queue = deque([(start, 0)])
        self._asked.add(start)
        while queue:
            if len(self._listed) >= self.options.max_pages:
                self._cut(start, "max_pages", len(self._listed))
                break
            url, depth = queue.popleft()
            visit = self._visit(url, depth)
            yield from self._item_once(visit)
            for link in self._links(visit, depth) if visit.item else ():
                if link not in self._asked and site.holds(link):
                    if len(self._asked) >= self.options.request_limit:
                        self._cut(start, "max_requests", len(self._asked))
                        break
                    self._asked.add(link)
                    queue.append((link, depth + 1))
        yield from self._pages_without_link(site)
        self.link_cache.save()

    def _cut(self, start: str, limit: str, value: int) -> None:
        if not self.cut_by:
            log.warning("%s: stopped at %s (%s); pages further away are not taken in.", start, limit, value)
            self.cut_by = limit

    def _visit(self, url: str, depth: int) -> Visit:
        visit = self.visitor.visit(url)
        if visit.item is None or depth > 0:
            if depth == 0:
                raise SourceError(f"{url} is gone, or robots.txt does not allow to read it: is it the right place?")
            return visit
        if visit.item.refusal and visit.item.refusal.reason != "too_large":
            raise SourceError(f"The first page cannot be read: {visit.item.refusal.message}")
        return visit

    def _item_once(self, visit: Visit) -> Iterator[Item]:
        """The item, unless another address led to the same page, or the page only leads to others."""
        if visit.item and visit.item.source_id not in self._listed and self.wanted(visit.item.source_id):
            self._listed.add(visit.item.source_id)
            yield visit.item

    def _links(self, visit: Visit, depth: int) -> list[str]:
        item = visit.item
        if item is None or depth >= self.options.max_depth:
            return []
        if visit.failed:
            self._lost_links = True
            return []
        if item.refusal or not item.media_type.lower().startswith(_PAGES):
            return []
        links = self.link_cache.get(item.source_id, item.change_marker) if visit.content is None else None
        if links is None:
            content = visit.content if visit.content is not None else self.visitor.visit(item.source_id, whole=True).content
            links = links_of(content or b"", item.source_id)[: self.options.request_limit]
        self.link_cache.put(item.source_id, item.change_marker, links)
        return links

    def _pages_without_link(self, site: Site) -> Iterator[Item]:
        """If a page failed, the links on it are not known. Pages that the lake holds and no link led to are then requested one by
        one, so that they are not taken for deleted."""
        if self._lost_links:
            for url in sorted(set(self.visitor.listing.change_markers) - self._asked - self._listed):
                if site.holds(url):
                    yield from self._item_once(self.visitor.visit(url))
