"""Rows of a database query, one document a row."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Annotated, Any, BinaryIO
from uuid import UUID

from openlineage_sql import parse  # type: ignore[import-untyped]
from pydantic import Field, field_validator, model_validator
from sqlalchemy import literal, make_url, select
from sqlalchemy.exc import ArgumentError

from ragline.config.text_settings import CannotChangeText
from ragline.contracts.fingerprints import fingerprint
from ragline.ingest.extract.parse.media_types import PLAIN
from ragline.ingest.files.storage_options import is_secret
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.marked_bytes import MarkedBytes
from ragline.ingest.records.database import Database, as_table
from ragline.ingest.records.fields import Record, RecordFields
from ragline.ingest.source import Listing, Opener, Source, SourceOptions
from ragline.runtime.lineage import ExternalInput

_DEFAULT_SCHEMAS = {"postgresql": "public", "mssql": "dbo"}
_BY_PLACE = CannotChangeText("which database it names counts by itself, without user and password: see text_settings")
_CONNECTION = CannotChangeText("it decides how the database is reached, not what it answers")
_KEYS_AT_ONCE = 200
_KEY_TYPES = {"int": int, "str": str, "uuid": UUID}


class SqlOptions(SourceOptions):
    """``query`` gives the rows, ``fields.id`` is their key; ``marker`` names a column that changes with the row.

    Without ``marker`` every listing reads all texts to see which changed. Secrets stand in environment variables: the
    whole URL in the one named by ``url_env``, or the password alone in that of ``password_env``.
    """

    url: Annotated[str | None, _BY_PLACE] = None
    url_env: Annotated[str | None, _BY_PLACE] = None
    password_env: Annotated[str | None, _CONNECTION] = None
    tls: Annotated[bool, _CONNECTION] = False
    timeout_seconds: Annotated[float, Field(gt=0), _CONNECTION] = 600
    query: str
    fields: RecordFields = RecordFields()
    marker: str | None = None
    media_type: str = PLAIN

    @field_validator("url")
    @classmethod
    def _holds_no_secret(cls, url: str | None) -> str | None:
        try:
            if url and make_url(url).password:
                raise ValueError("it holds a password; name an environment variable in password_env or url_env instead")
        except ArgumentError as error:
            raise ValueError("it is not the URL of a database, such as postgresql://user@host/name") from error
        return url

    @model_validator(mode="after")
    def _has_one_url(self) -> "SqlOptions":
        if (self.url is None) == (self.url_env is None):
            raise ValueError("give either url or url_env")
        return self

    @property
    def listed_columns(self) -> list[str]:
        """What listing reads: all but the text, if a marker says what changed."""
        if self.marker is None:
            return self.fields.all
        return [name for name in dict.fromkeys([*self.fields.all, self.marker]) if name != self.fields.text]


class SqlSource(Source[SqlOptions]):
    """One item a row. A row that does not fit the mapping is an item with a refusal."""

    options_model = SqlOptions

    def text_settings(self) -> Mapping[str, Any]:
        """With the database itself: a marker says nothing about rows of another one. Who asks does not count."""
        url = self._database.address(self.root)
        options = {name: value for name, value in url.query.items() if not is_secret(name)}
        return {**super().text_settings(), "database": [url.get_backend_name(), url.host, url.port, url.database, options]}

    @property
    def reads_while_listing(self) -> bool:
        """Without a marker, to tell which rows changed."""
        return self.options.marker is None

    @property
    def _database(self) -> Database:
        asked = self.options
        return Database(self.name, asked.url, asked.url_env, asked.password_env, asked.tls, asked.timeout_seconds)

    def check(self) -> None:
        """The database must answer, and there must be a driver for it."""
        with self._database.rows(self.root, select(literal(1))) as rows:
            list(rows)

    def dataset(self) -> ExternalInput:
        """The server, and the database with the table that the query reads, or with its fingerprint if it reads several."""
        url = self._database.address(self.root)
        backend = url.get_backend_name()
        server = f"{url.host}:{url.port}" if url.port else (url.host or "")
        table = _only_table(self.options.query, backend) or f"query-{fingerprint(self.options.query)}"
        return ExternalInput(f"{backend}://{server}", f"{url.database}{'/' if backend == 'sqlite' else '.'}{table}")

    def listed(self, listing: Listing) -> Iterator[Item]:
        """Rows in the order of their keys."""
        table = as_table(self.options.query, self.options.listed_columns)
        place = self._database.address(self.root).set(username=None, password=None, query={}).render_as_string()
        chosen = select(*table.c).order_by(table.c[self.options.fields.id])
        with self._database.rows(self.root, chosen) as rows:
            for number, row in enumerate(rows, start=1):
                yield self._item(number, _with_whole_numbers(row), place)

    def open(self, item: Item) -> BinaryIO:
        """The text column of the row."""
        _, opener = next(iter(self.open_all([item])))
        return opener()

    def open_all(self, items: Iterable[Item]) -> Iterator[tuple[Item, Opener]]:
        """Texts by key, many with one query; within it in the order of the database."""
        for group in _grouped(items):
            waiting = {item.source_id: item for item in group}
            changed: dict[str, Record] = {}
            with self._database.rows(self.root, self._texts_of(group)) as rows:
                for row in map(_with_whole_numbers, rows):
                    key = self.options.fields.id_of(row)
                    if key in waiting and self._marker(row) == waiting[key].change_marker:
                        yield waiting.pop(key), partial(self._content, row)
                    else:
                        changed.setdefault(key, row)  # since it was listed; or another row with the same key
            for key, item in waiting.items():
                yield item, partial(self._content, changed[key]) if key in changed else partial(_gone, item)

    def _texts_of(self, items: Iterable[Item]) -> Any:
        fields = self.options.fields
        # The marker too, to see whether it is still the row that was listed.
        columns = fields.all if self.options.marker is None else [fields.id, fields.text, self.options.marker]
        table = as_table(self.options.query, list(dict.fromkeys(columns)))
        return select(*table.c).where(table.c[fields.id].in_([_key(item.locator) for item in items]))

    def _content(self, row: Record) -> BinaryIO:
        return MarkedBytes(self.options.fields.content_of(row), self._marker(row))

    def _item(self, number: int, row: Record, place: str) -> Item:
        marker = self._marker(row)
        try:
            item = self.options.fields.item_of(row, place, self.options.media_type)
            if self.options.marker is None:
                item = replace(item, size=len(self.options.fields.content_of(row)))
        except ItemRefused as refused:
            name = f"record:{_hash(row)}"
            return Item(
                name, f"{place}#{name}", change_marker=marker, refusal=Refusal(refused.reason, f"Row {number}: {refused.message}")
            )
        return replace(item, change_marker=marker, locator=_locator(row[self.options.fields.id]))

    def _marker(self, row: Record) -> str:
        if self.options.marker is None:
            return _hash(row)
        value = row[self.options.marker]
        return "" if value is None else str(value)


def _with_whole_numbers(row: Record) -> Record:
    """The row with decimals that are whole numbers (NUMERIC keys) as integers."""
    return {
        name: int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
        for name, value in row.items()
    }


def _hash(row: Record) -> str:
    return hashlib.sha256(json.dumps(dict(row), sort_keys=True, default=repr).encode()).hexdigest()[:16]


def _locator(key: Any) -> str:
    """The key with its type: databases do not compare a number with text."""
    return f"{'uuid' if isinstance(key, UUID) else type(key).__name__}:{key}"


def _key(locator: str) -> Any:
    kind, _, text = locator.partition(":")
    return _KEY_TYPES[kind](text)


def _only_table(query: str, backend: str) -> str | None:
    """The one table that a query reads, with its schema; None if it reads several, or is not understood."""
    found = parse([query], dialect=backend, default_schema=_DEFAULT_SCHEMAS.get(backend))
    tables = {table.qualified_name for table in found.in_tables} if found is not None and not found.errors else set()
    return tables.pop() if len(tables) == 1 else None


def _grouped(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while group := list(islice(rest, _KEYS_AT_ONCE)):
        yield group


def _gone(item: Item) -> BinaryIO:
    raise FileNotFoundError(2, "the row is gone", item.uri)
