"""Fetch, parse and write items: what an executor does with its share of them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa

from ragline.config.ingest import IngestSettings
from ragline.contracts.tables import DOCUMENTS, QUARANTINE
from ragline.ingest.extract.part import ParseRequest, Part
from ragline.ingest.extract.sandbox.parser import Parser, kept_parser
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.reasons import PASSING
from ragline.ingest.source import Opener
from ragline.ingest.sync.fetch import Fetched, fetch
from ragline.ingest.sync.listed import ConfiguredSource
from ragline.ingest.sync.rows import document_row, part_attributes, refusal_row, row_hash
from ragline.ingest.sync.task_results import DOCUMENT, KEPT, OUTCOMES, REFUSED, SAME, TAKEN, file_row
from ragline.lake.part_files import PartFile
from ragline.runtime.quiet import quiet_libraries

# Items that are read while one is parsed.
_READ_AHEAD = 2

Row = dict[str, Any]
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class ExtractTask:
    """One task: items (``TAKE``, as Arrow IPC) in, ``OUTCOMES`` out, documents and refusals into Parquet files of its own.

    ``lake`` maps a table's name to its URI and the version that the rows will be part of.
    """

    sources: Mapping[str, ConfiguredSource]
    lake: Mapping[str, tuple[str, int]]
    settings: IngestSettings
    now: datetime
    retry_refused: bool
    full_refresh: bool

    def __call__(self, batches: Batches) -> Batches:
        """For ``mapInArrow``: each row holds the items of one task."""
        quiet_libraries()
        for batch in batches:
            for content in batch.column(0):
                with pa.ipc.open_stream(content.as_buffer()) as stream:
                    yield from self._extract(stream.read_all(), kept_parser(self.settings))

    def here(self, shares: Iterable[pa.Table]) -> Batches:
        """The same in this process, with a parser that ends with it; each share is one task's items."""
        with Parser(self.settings) as parser:
            for items in shares:
                yield from self._extract(items, parser)

    def _extract(self, items: pa.Table, parser: Parser) -> Batches:
        """One batch of outcomes for each source, then the files."""
        files = {table.name: PartFile(table, *self.lake[table.name]) for table in (DOCUMENTS, QUARANTINE)}
        for name in dict.fromkeys(items["source"].to_pylist()):
            rows = [row for row in items.to_pylist() if row["source"] == name]
            work = _OneSource(self, self.sources[name], parser, files)
            yield pa.RecordBatch.from_pylist(list(work.outcomes(rows)), schema=OUTCOMES)
        closed = [file_row(table, action) for table, file in files.items() if (action := file.close())]
        yield pa.RecordBatch.from_pylist(closed, schema=OUTCOMES)


@dataclass(frozen=True)
class _OneSource:
    """The items of one source, in the order they came."""

    task: ExtractTask
    configured: ConfiguredSource
    parser: Parser
    files: Mapping[str, PartFile]

    def outcomes(self, rows: list[Row]) -> Iterator[Row]:
        items = {row["source_id"]: Item.from_json(row["item"]) for row in rows}
        by_id = {row["source_id"]: row for row in rows}
        readable = [item for item in items.values() if item.refusal is None]
        begun: deque[Callable[[], Row]] = deque()
        for item, opener in self.configured.source.open_all(readable):
            begun.append(self._begin(item, opener, by_id[item.source_id]))
            if len(begun) > _READ_AHEAD:
                yield begun.popleft()()
        yield from (finish() for finish in begun)
        for item in items.values():
            if item.refusal is not None:
                yield self._refused(item, by_id[item.source_id], "", item.refusal)

    def _begin(self, item: Item, opener: Opener, row: Row) -> Callable[[], Row]:
        """Read an item and have it parsed; the call that waits for that and writes what came of it."""
        limit = self.configured.source.options.max_bytes
        try:
            fetched = fetch(item, opener, limit)
        except ItemRefused as refused:
            return partial(self._refused, item, row, "", Refusal(refused.reason, refused.message))
        if self._is_same(row, fetched):
            return partial(_said, row, SAME, fetched, [])
        if fetched.is_cut:
            why = Refusal("too_large", f"Larger than {limit:,} bytes (the source's max_bytes).")
            return partial(self._refused, item, row, fetched.content_hash, why)
        request = ParseRequest(fetched.content, _name(item), item.media_type, item.title, item.withheld)
        parts = self.parser.parse(request)
        return lambda: self._write(item, row, fetched, parts.result())

    def _is_same(self, row: Row, fetched: Fetched) -> bool:
        if self.task.full_refresh or (row["is_refused"] and self.task.retry_refused):
            return False
        if row["known_reason"] in PASSING:
            return False  # what stood there before it could not be read has to be found out again
        return (row["known_content"], row["known_metadata"]) == (fetched.content_hash, row["metadata_hash"])

    def _refused(self, item: Item, row: Row, digest: str, refusal: Refusal) -> Row:
        fetched = Fetched(b"", digest, is_cut=False)
        return self._write(item, row, fetched, [Part("", "", digest, refusal=refusal)])

    def _write(self, item: Item, row: Row, fetched: Fetched, parts: list[Part]) -> Row:
        given = self.configured.attributes(item)
        known = dict(zip(row["part_ids"] or (), row["part_hashes"] or (), strict=True))
        if any(part.refusal for part in parts if not part.name):
            known[row["doc_id"]] = row["known_refusal"]  # not what its last content came to, if it could not be read since
        made = [self._part(item, given, part, known) for part in parts]
        passing = any(part.refusal and part.refusal.reason in PASSING for part in parts if not part.name)
        return _said(row, KEPT if passing else TAKEN, fetched, made)

    def _part(self, item: Item, given: Row, part: Part, known: Mapping[str, str]) -> Row:
        own = part_attributes(given, part)
        if part.parsed is not None:
            table, made = DOCUMENTS, document_row(own, item, part.content_hash, part.parsed, self.task.now)
        else:
            refusal = part.refusal or Refusal("parse_error", "The parser gave neither a text nor a reason.")
            table, made = QUARANTINE, refusal_row(own, part.content_hash, refusal, self.task.now)
        hashed = row_hash(made)
        written = known.get(made["doc_id"]) != hashed
        if written:
            self.files[table.name].add([made])
        kind = DOCUMENT if table is DOCUMENTS else REFUSED
        return {
            "id": made["doc_id"],
            "hash": hashed,
            "kind": kind,
            "content": part.content_hash,
            "reason": made.get("reason"),
            "written": written,
        }


def _said(row: Row, kind: str, fetched: Fetched, parts: list[Row]) -> Row:
    columns = {"ids": "id", "hashes": "hash", "kinds": "kind", "contents": "content", "reasons": "reason", "written": "written"}
    lists = {f"part_{plural}": [part[name] for part in parts] for plural, name in columns.items()}
    return {"doc_id": row["doc_id"], "kind": kind, "content_hash": fetched.content_hash, "size": len(fetched.content), **lists}


def _name(item: Item) -> str:
    return item.source_id.rsplit("/", 1)[-1]
