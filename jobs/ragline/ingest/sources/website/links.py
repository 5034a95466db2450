"""The links of an HTML page."""

from lxml import etree, html

from ragline.ingest.sources.website.urls import normalise


def links_of(content: bytes, url: str) -> list[str]:
    """Where the page at ``url`` leads, each place once, in the order of the page."""
    try:
        document = html.document_fromstring(content)
    except (etree.LxmlError, ValueError):  # nothing that could be a page
        return []
    base = normalise((document.xpath("//base/@href") or [""])[0], url) or url
    found = (normalise(href, base) for href in document.xpath("//a/@href | //area/@href"))
    return list(dict.fromkeys(link for link in found if link))
