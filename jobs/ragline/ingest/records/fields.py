"""From a record of a table or a query to an item: which field is what."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from ragline.config.access import labels_in
from ragline.ingest.extract.parse.clean import well_formed
from ragline.ingest.item import Item, ItemRefused

Record = Mapping[str, Any]

# A record that has no id of its own is called by its hash; one whose id looks so gets a backslash into it.
_LIKE_A_REFUSED_RECORD = re.compile(r"^record:(?=\\*[0-9a-f]{16}$)")


class RecordFields(BaseModel):
    """The mapping from a record's fields to an item. Keys of other names are metadata: ``{year: published}``."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str = "id"
    text: str = "text"
    title: str | None = None
    uri: str | None = None
    tenant: str | None = None
    access_labels: str | None = None

    @property
    def metadata(self) -> Mapping[str, str]:
        """Metadata name to field name."""
        return {name: str(field) for name, field in (self.model_extra or {}).items()}

    @property
    def needed(self) -> list[str]:
        """The fields that a record must have where a table has columns: all that are not metadata."""
        named = (self.id, self.text, self.title, self.uri, self.tenant, self.access_labels)
        return [name for name in named if name is not None]

    @property
    def all(self) -> list[str]:
        """Every field that is read, each once."""
        return list(dict.fromkeys([*self.needed, *self.metadata.values()]))

    def item_of(self, record: Record, place: str, media_type: str) -> Item:
        """The item of a record. Its URI is its own, or ``place#id=…``: no line number, so that lines may move.

        Raises:
            ItemRefused: a field is not what it must be (``bad_record``).
        """
        source_id = self.id_of(record)
        return Item(
            source_id=source_id,
            uri=(self._optional(record, self.uri) or f"{place}#{self.id}={source_id}"),
            media_type=media_type,
            title=self._optional(record, self.title),
            metadata={name: record[field] for name, field in self.metadata.items() if field in record},
            tenant=self._optional(record, self.tenant).strip() or None,
            access_labels=_labels(record, self.access_labels),
        )

    def id_of(self, record: Record) -> str:
        """The record's key as text."""
        value = record.get(self.id)
        if isinstance(value, bool) or not isinstance(value, str | int | UUID) or not str(value).strip():
            raise ItemRefused("bad_record", f"the field {self.id!r} (id) must be text or a whole number; it is {value!r:.80}.")
        return _LIKE_A_REFUSED_RECORD.sub(r"\g<0>\\", well_formed(str(value)))

    def content_of(self, record: Record) -> bytes:
        """The bytes of the text field; a field of bytes may hold a document of any format."""
        value = record.get(self.text)
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        return _text(value, self.text).encode()

    def _optional(self, record: Record, name: str | None) -> str:
        if name is None or record.get(name) is None:
            return ""
        value = record[name]
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return str(value) if is_number else _text(value, name)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ItemRefused("bad_record", f"the field {name!r} must be text; it is {value!r:.80}.")
    return well_formed(value)


def _labels(record: Record, name: str | None) -> tuple[str, ...] | None:
    try:
        labels = labels_in(record.get(name)) if name else None
    except ValueError as error:
        raise ItemRefused("bad_record", f"the field {name!r}: {error}.") from error
    return labels and tuple(map(well_formed, labels))
