"""Read an item's bytes, up to a limit."""

from dataclasses import dataclass

from ragline.contracts.fingerprints import content_hash
from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.source import Opener


@dataclass(frozen=True)
class Fetched:
    """An item's bytes and their hash; both end at the limit where the item ``is_cut``."""

    content: bytes
    content_hash: str
    is_cut: bool


def fetch(item: Item, opener: Opener, max_bytes: int) -> Fetched:
    """Read an item; no more than one byte over the limit, and nothing of one whose size is known to be over it.

    Raises:
        ItemRefused: the source refused it, or it cannot be read (``unreadable``).
    """
    if item.size is not None and item.size > max_bytes:
        return Fetched(b"", "", is_cut=True)
    try:
        with opener() as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        raise ItemRefused("unreadable", f"{item.uri} cannot be read: {error.strerror or error}.") from error
    return Fetched(content, content_hash(content), is_cut=len(content) > max_bytes)
