"""Fetch, parse and write items: what one task, in Spark or in a thread of this process, does with its share of them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa

from ragline.config.ingest import IngestSettings
from ragline.contracts.fingerprints import content_hash
from ragline.contracts.tables import DOCUMENTS, QUARANTINE
from ragline.ingest.extract.part import ParseRequest, Part
from ragline.ingest.extract.sandbox.parser import Parser, shared_parser
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.marked_bytes import marker_read
from ragline.ingest.reasons import TRANSIENT
from ragline.ingest.source import Opener, Source
from ragline.ingest.sync.fingerprint import SettingsHashes
from ragline.ingest.sync.rows import document_row, item_columns, part_columns, quarantine_row, row_hash
from ragline.ingest.sync.task_results import EXTRACTED, RESULTS, UNAVAILABLE, UNCHANGED
from ragline.lake.file_rows import file_row
from ragline.lake.part_files import PartFile
from ragline.runtime.quiet import quiet_libraries

# Items that are read while one is parsed.
_READ_AHEAD = 2

Row = dict[str, Any]
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class ExtractTask:
    """Items of a source (``TO_EXTRACT``) in, ``RESULTS`` out; documents and refusals go into Parquet files of its own.

    ``targets`` maps a table's name to its URI and the version that the rows will be part of. Plain data: it goes to executors.
    """

    source: Source[Any]
    targets: Mapping[str, tuple[str, int]]
    settings: IngestSettings
    hashes: SettingsHashes
    now: datetime
    full_refresh: bool

    def __call__(self, batches: Batches) -> Batches:
        """For ``mapInArrow``: a partition is a share."""
        quiet_libraries()
        if share := list(batches):
            yield from self._results(pa.Table.from_batches(share), shared_parser(self.settings))

    def here(self, shares: Iterable[pa.Table]) -> Batches:
        """The same in this process, share after share, with a parser that ends with them."""
        with Parser(self.settings) as parser:
            for items in shares:
                yield from self._results(items, parser)

    def _results(self, items: pa.Table, parser: Parser) -> Batches:
        """A batch with a row for each item, then one with a row for each file."""
        files = {table.name: PartFile(table, *self.targets[table.name]) for table in (DOCUMENTS, QUARANTINE)}
        rows = _Extraction(self, parser, files).results(items.to_pylist())
        yield pa.RecordBatch.from_pylist(list(rows), schema=RESULTS)
        closed = [{"table": table, **file_row(action)} for table, file in files.items() if (action := file.close())]
        yield pa.RecordBatch.from_pylist([{"file": file} for file in closed], schema=RESULTS)


@dataclass(frozen=True)
class _Extraction:
    """One share on its way through a parser into files."""

    task: ExtractTask
    parser: Parser
    files: Mapping[str, PartFile]

    def results(self, rows: list[Row]) -> Iterator[Row]:
        items = [(Item.from_json(row["item"]), row) for row in rows]
        by_id = {item.source_id: row for item, row in items if item.refusal is None}
        readable = [item for item, _ in items if item.refusal is None]
        # The parser is another process: while it works on one item, this one reads the next ones.
        begun: deque[Callable[[], Row]] = deque()
        for item, opener in self.task.source.open_all(readable):
            begun.append(self._begin(item, opener, by_id[item.source_id]))
            if len(begun) > _READ_AHEAD:
                yield begun.popleft()()
        yield from (finish() for finish in begun)
        for item, row in items:
            if item.refusal is not None:
                yield self._refuse(item, row, "", item.refusal)

    def _begin(self, item: Item, opener: Opener, row: Row) -> Callable[[], Row]:
        """Read an item and have it parsed; returns the call that waits for its parts and writes them."""
        limit = self.task.source.options.max_bytes
        is_too_large = item.size is not None and item.size > limit  # the listing says so: not a byte of it is read
        try:
            content, marker = (b"", item.change_marker) if is_too_large else read_content(item, opener, limit)
        except ItemRefused as refused:
            return partial(self._refuse, item, row, "", Refusal(refused.reason, refused.message))
        row = {**row, "change_marker": marker}
        digest = "" if is_too_large else content_hash(content)
        if self._is_unchanged(row, digest):
            settings_hash = row["stored_settings_hash"] or self.task.hashes.refused  # which of its parts were is not known
            return partial(_result, row, UNCHANGED, digest, len(content), [], settings_hash)
        if is_too_large or len(content) > limit:
            why = Refusal("too_large", f"Larger than {limit:,} bytes (the source's max_bytes).")
            return partial(self._refuse, item, row, digest, why)
        request = ParseRequest(content, _file_name(item), item.media_type, item.title, item.held_out_lines)
        parts = self.parser.parse(request)
        size = len(content)
        return lambda: self._write(item, row, digest, size, parts.result())

    def _is_unchanged(self, row: Row, digest: str) -> bool:
        if self.task.full_refresh or not row["same_settings"]:
            return False
        if row["stored_reason"] in TRANSIENT:
            return False  # its documents may be those of older content than it was refused with
        return (row["stored_content_hash"], row["stored_metadata_hash"]) == (digest, row["metadata_hash"])

    def _refuse(self, item: Item, row: Row, digest: str, refusal: Refusal) -> Row:
        return self._write(item, row, digest, 0, [Part("", "", digest, refusal=refusal)])

    def _write(self, item: Item, row: Row, digest: str, size: int, parts: list[Part]) -> Row:
        columns = item_columns(self.task.source, item)
        stored_hashes = dict(zip(row["part_ids"] or (), row["part_hashes"] or (), strict=True))
        own_refusal = next((part.refusal for part in parts if part.refusal and not part.name), None)
        if own_refusal:
            # The part hash of the item itself may be that of a document, which stays while the item cannot be read.
            stored_hashes[row["doc_id"]] = row["stored_refusal_hash"]
        made = [self._write_part(item, columns, part, stored_hashes) for part in parts]
        is_unavailable = own_refusal is not None and own_refusal.reason in TRANSIENT
        status = UNAVAILABLE if is_unavailable else EXTRACTED
        return _result(row, status, digest, size, made, self.task.hashes.of(parts))

    def _write_part(self, item: Item, columns: Row, part: Part, stored_hashes: Mapping[str, str]) -> Row:
        own = part_columns(columns, part)
        if part.parsed is not None:
            table, made = DOCUMENTS, document_row(own, item, part.content_hash, part.parsed, self.task.now)
        else:
            refusal = part.refusal or Refusal("parse_error", "The parser gave neither a text nor a reason.")
            table, made = QUARANTINE, quarantine_row(own, part.content_hash, refusal, self.task.now)
        digest = row_hash(made)
        # A row that the lake holds as it is would only make the commit larger and the stages after it work.
        written = stored_hashes.get(made["doc_id"]) != digest
        if written:
            self.files[table.name].add([made])
        return {
            "doc_id": made["doc_id"],
            "row_hash": digest,
            "content_hash": part.content_hash,
            "reason": made.get("reason"),
            "written": written,
        }


def read_content(item: Item, opener: Opener, max_bytes: int) -> tuple[bytes, str]:
    """The bytes of an item, no more than one over the limit, and the change marker of what was read.

    Raises:
        ItemRefused: the source refused it, or it cannot be read (``unreadable``).
    """
    try:
        with opener() as stream:
            return stream.read(max_bytes + 1), marker_read(stream, item)
    except OSError as error:
        raise ItemRefused("unreadable", f"{item.uri} cannot be read: {error.strerror or error}.") from error


def _result(row: Row, status: str, digest: str, size: int, parts: list[Row], settings_hash: str) -> Row:
    found = {"doc_id": row["doc_id"], "status": status, "change_marker": row["change_marker"]}
    found |= {"content_hash": digest, "settings_hash": settings_hash}
    return {**found, "bytes_read": size, "parts": parts}


def _file_name(item: Item) -> str:
    return item.source_id.rsplit("/", 1)[-1]
