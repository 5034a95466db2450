"""Records of a JSON Lines, CSV, TSV or Parquet file, one document a record. A BEIR ``corpus.jsonl`` is read as it is."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, BinaryIO, Literal, cast

from pyarrow import ArrowException
from pydantic import Field, model_validator

from ragline.config.project import resolve
from ragline.config.text_settings import CannotChangeText
from ragline.errors import ConfigError, SourceError
from ragline.ingest.extract.parse.media_types import PLAIN
from ragline.ingest.files.storage_options import StorageOptions
from ragline.ingest.files.store import open_store
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.records.delimited import Delimited
from ragline.ingest.records.fields import RecordFields
from ragline.ingest.records.jsonl import JsonLines
from ragline.ingest.records.parquet import Parquet
from ragline.ingest.records.table_format import LocatedRecord, TableFormat
from ragline.ingest.source import Listing, Opener, Source, SourceOptions
from ragline.runtime.lineage import ExternalInput

Format = Literal["jsonl", "csv", "tsv", "parquet"]
_HASHED = CannotChangeText("wherever the file is, its records are compared by a hash of what they hold")
_BY_SUFFIX: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
}


class TableOptions(SourceOptions):
    """``media_type`` says what the text field holds; ``format`` is needed where the name's suffix does not tell."""

    uri: Annotated[str, _HASHED]
    fields: RecordFields = RecordFields()
    format: Format | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    media_type: str = PLAIN
    storage_options: Annotated[StorageOptions, _HASHED] = {}

    @model_validator(mode="after")
    def _has_a_format(self) -> "TableOptions":
        if self.format is None and self._suffix not in _BY_SUFFIX:
            raise ValueError(f"the name {self.uri!r} does not tell the format: set format to jsonl, csv, tsv or parquet")
        return self

    @property
    def _suffix(self) -> str:
        return PurePosixPath(self.uri).suffix.lower()

    @property
    def reader(self) -> TableFormat:
        """What reads the file."""
        needed, kind = tuple(self.fields.needed), self.format or _BY_SUFFIX[self._suffix]
        if kind == "parquet":
            return Parquet(needed, tuple(self.fields.all))
        if kind == "jsonl":
            return JsonLines(self.max_bytes)
        return Delimited(self.max_bytes, self.delimiter or ("\t" if kind == "tsv" else ","), needed)


class TableSource(Source[TableOptions]):
    """One item a record. A record that does not fit the mapping is an item with a refusal."""

    options_model = TableOptions

    @property
    def reads_while_listing(self) -> bool:
        """To tell which records changed."""
        return True

    @property
    def uri(self) -> str:
        """The file: a URI, or an absolute path."""
        return resolve(self.root, self.options.uri)

    def check(self) -> None:
        """The file must be there."""
        if "://" in self.uri:
            filesystem, path = open_store(self.uri, self.options.storage_options)
            try:
                found = bool(filesystem.isfile(path))
            except Exception as error:  # every store has errors of its own
                raise SourceError(f"Source {self.name!r}: {self.uri} cannot be reached: {error}.") from error
        else:
            found = Path(self.uri).is_file()
        if not found:
            raise ConfigError(f"Source {self.name!r}: there is no file {self.uri} (uri: {self.options.uri}).")

    def dataset(self) -> ExternalInput:
        """The file's path, or its bucket and key."""
        scheme, separator, rest = self.uri.partition("://")
        if not separator:
            return ExternalInput("file", self.uri)
        bucket, _, key = rest.partition("/")
        return ExternalInput(f"{scheme}://{bucket}", key)

    def listed(self, listing: Listing) -> Iterator[Item]:
        """Records in the order of the file."""
        place = self.uri if "://" in self.uri else Path(self.uri).as_uri()
        with self._stream() as stream:
            for located in self.options.reader.scan(stream):
                yield self._item(located, place)

    def open(self, item: Item) -> BinaryIO:
        """The text field of the record."""
        for _, opener in self.open_all([item]):
            return opener()
        raise FileNotFoundError(2, "it is gone", item.uri)

    def open_all(self, items: Iterable[Item]) -> Iterator[tuple[Item, Opener]]:
        """The file is opened once, and a row group read once for the items that follow each other in it."""
        with self._stream() as stream:
            for item, located in self.options.reader.find(stream, items):
                yield item, partial(self._content, item, located)

    def _content(self, item: Item, located: LocatedRecord) -> BinaryIO:
        if located.marker != item.change_marker:
            raise ItemRefused("changed_while_read", f"{item.uri} changed after it was listed; the next run takes it in.")
        if isinstance(located.record, ItemRefused):
            raise located.record
        return io.BytesIO(self.options.fields.content_of(located.record))

    @contextmanager
    def _stream(self) -> Iterator[IO[bytes]]:
        try:
            with self._opened() as stream:
                yield stream
        except (OSError, ValueError, ArrowException) as error:
            raise SourceError(f"Source {self.name!r}: cannot read {self.uri}: {error}.") from error

    def _opened(self) -> IO[bytes]:
        if "://" not in self.uri:
            return Path(self.uri).open("rb")
        filesystem, path = open_store(self.uri, self.options.storage_options)
        return io.BufferedReader(cast(io.RawIOBase, filesystem.open(path, "rb")), 1 << 20)

    def _item(self, located: LocatedRecord, place: str) -> Item:
        try:
            if isinstance(located.record, ItemRefused):
                raise located.record
            item = self.options.fields.item_of(located.record, place, self.options.media_type)
            size: int | None = len(self.options.fields.content_of(located.record))
        except ItemRefused as refused:
            # A bad record has no id of its own: its content names it, so that it stays the same when records move.
            refusal = Refusal(refused.reason, f"{located.place.capitalize()}: {refused.message}")
            item, size = Item(f"record:{located.marker}", f"{place}#record:{located.marker}", refusal=refusal), None
        return replace(item, change_marker=located.marker, locator=located.locator, size=size)
