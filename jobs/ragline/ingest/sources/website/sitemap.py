"""Sitemaps: lists of pages, and lists of such lists. https://www.sitemaps.org/protocol.html"""

import zlib
from collections.abc import Callable, Iterator

from lxml import etree

from ragline.errors import SourceError
from ragline.ingest.sources.website.urls import normalise

LONGEST = 50 * 1024 * 1024  # the protocol's limit, unpacked


def pages_of(url: str, read: Callable[[str], bytes], *, max_sitemaps: int, max_depth: int) -> Iterator[str]:
    """Every page of a sitemap or an index of them, in their order. ``read`` fetches one; none is fetched twice.

    Raises:
        SourceError: one of them is not a sitemap, or there are more than allowed; their pages would look deleted.
    """
    waiting, seen = [(url, 0)], {url}
    while waiting:
        sitemap, depth = waiting.pop()
        kind, places = _places(sitemap, read(sitemap))
        if kind == "urlset":
            yield from places
            continue
        if depth >= max_depth:
            raise SourceError(f"{sitemap} lists sitemaps at depth {depth + 1}; {max_depth} is allowed (max_sitemap_depth).")
        fresh = [place for place in dict.fromkeys(places) if place not in seen]
        seen.update(fresh)
        if len(seen) > max_sitemaps:
            raise SourceError(f"{url} leads to {len(seen):,} sitemaps; {max_sitemaps:,} are allowed (max_sitemaps).")
        waiting += [(place, depth + 1) for place in reversed(fresh)]


def _places(url: str, content: bytes) -> tuple[str, list[str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(_unpacked(content), parser)
    except (etree.XMLSyntaxError, ValueError, zlib.error) as error:
        raise SourceError(f"{url} is not a sitemap: {error}.") from error
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        raise SourceError(f"{url} is not a sitemap; its root element is {kind!r}.")
    found = (normalise(place.text or "", url) for place in root.iterfind("{*}*/{*}loc"))
    return kind, [place for place in found if place]


def _unpacked(content: bytes) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        content = zlib.decompressobj(wbits=31).decompress(content, LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError(f"it has more than {LONGEST:,} bytes")
    return content
