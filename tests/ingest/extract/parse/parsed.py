"""The text that a parser gives for bytes of a type."""

from ragline.ingest.extract.parse.media_types import parse


def text_of(content: str | bytes, media_type: str) -> str:
    return parse(content if isinstance(content, bytes) else content.encode(), media_type).text
