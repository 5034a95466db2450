"""The change marker of a page, made of the headers by which a server tells whether it changed."""

import json
from collections.abc import Mapping

import httpx

from ragline.contracts.fingerprints import content_hash

_LONGEST = 512  # characters of a header that is kept with every page


def marker_of(headers: httpx.Headers, content: bytes) -> str:
    """ETag and Last-Modified, or a hash where there is neither; with the media type, which a 304 does not repeat."""
    validators = {"etag": headers.get("etag"), "modified": headers.get("last-modified")}
    usable = {name: value for name, value in validators.items() if value and len(value) <= _LONGEST}
    kept = usable or {"sha256": content_hash(content)[:16]}
    return json.dumps({**kept, "type": headers.get("content-type", "")[:_LONGEST]}, sort_keys=True)


def conditions(marker: str) -> Mapping[str, str]:
    """The headers of a request for a page that is only wanted if it changed."""
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {header: value for name, header in names.items() if (value := _fields(marker).get(name))}


def media_type_of(marker: str) -> str:
    """The media type that was sent with the page."""
    return _fields(marker).get("type", "")


def _fields(marker: str) -> dict[str, str]:
    return dict(json.loads(marker)) if marker else {}
