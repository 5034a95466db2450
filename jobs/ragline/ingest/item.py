"""An item of a source: what is known of it before its bytes are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from ragline.errors import RaglineError


class ItemRefused(RaglineError):
    """One item cannot be taken in; it goes to quarantine under ``reason`` (a short code) with ``message``."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Item:
    """One thing a source lists. Listing is cheap: nothing of the content is read before ``open`` is called.

    ``source_id`` is the item's own id within its source. ``open`` gives its bytes, or raises ``ItemRefused`` or
    ``OSError``. ``title`` (if any) wins over one found in the content. ``tenant`` and ``access_labels`` win over the
    source's. ``withheld`` are lines that must not stay in the text, because evaluation asks them as questions.
    """

    source_id: str
    uri: str
    media_type: str
    open: Callable[[], BinaryIO]
    title: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    tenant: str | None = None
    access_labels: tuple[str, ...] | None = None
    withheld: tuple[str, ...] = ()
