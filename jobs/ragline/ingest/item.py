"""An item of a source, as it is listed: its id, its change marker, where its bytes are; not the bytes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ragline.contracts.document_ids import duplicate_id, plain_name
from ragline.errors import RaglineError


class ItemRefused(RaglineError):
    """One item is refused; it goes to quarantine under ``reason`` (a short code of ``reasons.py``) with ``message``."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Refusal:
    """Why an item, or a part of one, becomes no document: a short code of ``reasons.py``, and a sentence."""

    reason: str
    message: str


@dataclass(frozen=True)
class Item:
    """One thing a source lists. Listing is cheap: nothing of the content has to be read for it.

    Plain data, so that it can be listed in one process and opened in another.

    Attributes:
        source_id: the item's own id within its source.
        uri: where a person finds it.
        media_type: what the source says it is ("" if it does not); the content decides.
        change_marker: equal markers mean equal content (an etag, mtime and size, a commit's blob); "" if it has to be read to
            find out.
        size: bytes, if the source knows.
        locator: what the source's ``open`` needs to find it again, in the source's own form.
        title: wins over one found in the content.
        metadata: goes into the document's metadata; what the content says fills in the rest.
        tenant, access_labels: win over the source's.
        held_out_lines: lines that must not stay in the text, because evaluation asks them as queries.
        refusal: set where the listing already knows that no document can be made of it.
        duplicate: of an item that is refused because another one has its id: what tells the two apart.
    """

    source_id: str
    uri: str
    media_type: str = ""
    change_marker: str = ""
    size: int | None = None
    locator: str = ""
    title: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    tenant: str | None = None
    access_labels: tuple[str, ...] | None = None
    held_out_lines: tuple[str, ...] = ()
    refusal: Refusal | None = None
    duplicate: str = ""

    @property
    def key(self) -> str:
        """What its document is called within the source."""
        key = plain_name(self.source_id)
        return duplicate_id(key, self.duplicate) if self.duplicate else key

    def to_json(self) -> str:
        """All of it as JSON; ``from_json`` reads it back. Pure ASCII, so that a name that is no valid text survives."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Item":
        """The item that ``to_json`` wrote."""
        values = json.loads(text)
        labels, refusal = values["access_labels"], values["refusal"]
        values["held_out_lines"] = tuple(values["held_out_lines"])
        values["access_labels"] = None if labels is None else tuple(labels)
        values["refusal"] = None if refusal is None else Refusal(**refusal)
        return cls(**values)
