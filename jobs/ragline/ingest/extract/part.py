"""The parts of an item: most items are one document, a mail with attachments or an archive has several."""

from collections.abc import Callable
from dataclasses import dataclass

from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.item import Refusal

# Where inside an item a member is: () is the item, (2,) its third member, (2, 0) the first one of that.
Position = tuple[int, ...]
# Is told the position of the member that is read from now on.
Watcher = Callable[[Position], None]


@dataclass(frozen=True)
class Part:
    """One document of an item, or the refusal of one. Exactly one of ``parsed`` and ``refusal`` is set.

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
class Fault:
    """A member that an earlier attempt ended at: it is not parsed again, and gets this refusal."""

    position: Position
    refusal: Refusal


@dataclass(frozen=True)
class ParseRequest:
    """One item to be parsed: its bytes, and what its source says of it.

    ``name`` is the file name or the last part of the URI; ``title`` wins over the one in the content;
    ``held_out_lines`` must not stay in the text of any part; ``faults`` are members to be left out.
    """

    content: bytes
    name: str
    media_type: str = ""
    title: str = ""
    held_out_lines: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
