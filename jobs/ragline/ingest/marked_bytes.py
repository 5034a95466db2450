"""Bytes that know of which state they are: an item may have changed since it was listed."""

import io
from typing import BinaryIO

from ragline.ingest.item import Item


class MarkedBytes(io.BytesIO):
    """Content, with the change marker that the item had when it was read."""

    def __init__(self, content: bytes, change_marker: str) -> None:
        super().__init__(content)
        self.change_marker = change_marker


def marker_read(stream: BinaryIO, item: Item) -> str:
    """The change marker of what a stream gives: its own, if it knows one, else the listed one."""
    found = getattr(stream, "change_marker", None)
    return item.change_marker if found is None else str(found)
