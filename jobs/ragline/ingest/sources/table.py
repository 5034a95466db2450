"""Records of a JSON Lines file, one document a line. A BEIR ``corpus.jsonl`` is read as it is."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.parse.clean import well_formed
from ragline.ingest.parse.media_types import PLAIN
from ragline.ingest.source import Listing, Source, SourceOptions
from ragline.runtime.lineage import ExternalInput
from ragline.runtime.project import resolve


class TableFields(BaseModel):
    """Which field of a record is what. Other keys name fields that are kept as metadata: ``{year: published}``."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str = "id"
    title: str | None = None
    text: str = "text"

    @property
    def metadata(self) -> Mapping[str, str]:
        """Metadata name to field name."""
        return {name: str(field) for name, field in (self.model_extra or {}).items()}


class TableOptions(SourceOptions):
    """``media_type`` says what the text field holds."""

    uri: str
    fields: TableFields = TableFields()
    media_type: str = PLAIN


class TableSource(Source[TableOptions]):
    """One item a line; a line that is not such a record is an item that is refused."""

    options_model = TableOptions

    @property
    def file(self) -> Path:
        """The file, absolute."""
        return Path(resolve(self.root, self.options.uri))

    def check(self) -> None:
        """The file must be there."""
        if not self.file.is_file():
            raise ConfigError(f"Source {self.name!r}: there is no file {self.file} (uri: {self.options.uri}).")

    def dataset(self) -> ExternalInput:
        """The file's path, on this machine's file system."""
        return ExternalInput("file", str(self.file))

    def listed(self, listing: Listing) -> Iterator[Item]:
        """Records in the order of the file; blank lines are no records. A locator is ``offset:length`` in bytes."""
        try:
            with self.file.open("rb") as lines:
                offset = 0
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield self._item(number, line, f"{offset}:{len(line)}")
                    offset += len(line)
        except OSError as error:
            raise SourceError(f"Source {self.name!r}: cannot read {self.file}: {error.strerror}.") from error

    def open(self, item: Item) -> BinaryIO:
        """The text field of the record."""
        offset, _, length = item.locator.partition(":")
        with self.file.open("rb") as file:
            file.seek(int(offset))
            record = _record(file.read(int(length)))
        return io.BytesIO(_text_field(record, self.options.fields.text).encode())

    def _item(self, number: int, line: bytes, locator: str) -> Item:
        marker = hashlib.sha256(line).hexdigest()[:16]
        try:
            return replace(self._item_of(_record(line)), change_marker=marker, locator=locator)
        except ItemRefused as refused:
            # A bad line has no id of its own: its content names it, so that it stays the same when lines move.
            refusal = Refusal(refused.reason, f"Line {number}: {refused.message}")
            return Item(f"line:{marker}", f"{self.file.as_uri()}#L{number}", change_marker=marker, refusal=refusal)

    def _item_of(self, record: Mapping[str, Any]) -> Item:
        fields = self.options.fields
        title = _text_field(record, fields.title) if fields.title and record.get(fields.title) is not None else ""
        text = _text_field(record, fields.text)
        metadata = {name: record[field] for name, field in fields.metadata.items() if field in record}
        source_id = _id_field(record, fields.id)
        # The line number is not part of the URI: a record stays what it is when others are put before it.
        uri = f"{self.file.as_uri()}#{fields.id}={source_id}"
        return Item(source_id, uri, self.options.media_type, size=len(text), title=title, metadata=metadata)


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ItemRefused("invalid_encoding", f"not UTF-8 at byte {error.start}.") from error
    except (ValueError, RecursionError) as error:
        raise ItemRefused("bad_record", f"not JSON: {error}.") from error
    if not isinstance(record, dict):
        raise ItemRefused("bad_record", f"not a JSON object but {type(record).__name__}.")
    return record


def _id_field(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise ItemRefused("bad_record", f"the field {name!r} (id) must be text or a whole number; it is {value!r:.80}.")
    return well_formed(str(value))


def _text_field(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise ItemRefused("bad_record", f"the field {name!r} must be text; it is {value!r:.80}.")
    return well_formed(value)
