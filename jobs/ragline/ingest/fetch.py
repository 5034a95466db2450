"""Read an item's bytes, up to a limit, and hash all of them."""

import hashlib
from dataclasses import dataclass

from ragline.ingest.item import Item, ItemRefused

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Fetched:
    """An item's bytes (no more than one over the limit) and the hash of its whole content."""

    content: bytes
    content_hash: str


def fetch(item: Item, max_bytes: int) -> Fetched:
    """Read an item.

    Raises:
        ItemRefused: the source refused it, or it cannot be read (``unreadable``).
    """
    digest = hashlib.sha256()
    try:
        with item.open() as stream:
            content = stream.read(max_bytes + 1)
            digest.update(content)
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ItemRefused("unreadable", f"{item.uri} cannot be read: {error.strerror or error}.") from error
    return Fetched(content, digest.hexdigest())
