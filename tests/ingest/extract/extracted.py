"""What becomes of bytes that give one part."""

from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest, Part


def only(content: bytes | str, name: str = "", media_type: str = "", **request) -> Part:
    """The one part of an item."""
    data = content if isinstance(content, bytes) else content.encode()
    (part,) = extract(ParseRequest(data, name, media_type, **request))
    return part


def text_of(content: bytes | str, name: str = "", media_type: str = "") -> str:
    part = only(content, name, media_type)
    assert part.refusal is None, part.refusal
    return part.parsed.text


def reason(content: bytes | str, name: str = "", media_type: str = "") -> str:
    part = only(content, name, media_type)
    assert part.parsed is None
    return part.refusal.reason
