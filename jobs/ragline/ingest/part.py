"""What came of an item: most give one document, a mail with attachments or an archive gives several."""

from dataclasses import dataclass

from ragline.ingest.item import Refusal
from ragline.ingest.parse.parsed import Parsed


@dataclass(frozen=True)
class Part:
    """One document of an item, or why there is none. Exactly one of ``parsed`` and ``refusal`` is set.

    Attributes:
        name: "" for the item itself, else where inside it the part is: ``b/c.md``, ``inner.zip!/x.md``.
        media_type: as its content says.
        content_hash: of its own bytes.
    """

    name: str
    media_type: str
    content_hash: str
    parsed: Parsed | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class ParseRequest:
    """One item to be parsed: its bytes, and what its source says of it.

    ``name`` is the file name or the last part of the URI; ``title`` wins over the one in the content; ``withheld`` are lines
    that must not stay in the text of any part.
    """

    content: bytes
    name: str
    media_type: str = ""
    title: str = ""
    withheld: tuple[str, ...] = ()
