"""The rows of ``documents``, ``quarantine`` and ``items`` that ingest writes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ragline.contracts.document_ids import INSIDE
from ragline.contracts.fingerprints import content_hash, doc_id, fingerprint
from ragline.ingest.extract.parse.clean import well_formed
from ragline.ingest.extract.parse.media_types import base_type
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.part import Part
from ragline.ingest.extract.revision import PARSER_REVISION
from ragline.ingest.item import Item, Refusal
from ragline.ingest.source import Source

Row = dict[str, Any]

# The rows of ``quarantine`` that are ingest's; other stages write theirs into the same table.
STAGE = "ingest"
# Columns of a stored document that say when and by which commit, and the hash itself; the text is hashed apart.
_NOT_HASHED = {"fetched_at", "changed_at", "deleted_at", "seq", "row_hash", "text"}


def item_columns(source: Source[Any], item: Item) -> Row:
    """The columns of an item's documents that are known before it is read, with the hash of all that shapes them.

    What the item says of tenant and labels wins over what its source says.
    """
    row: Row = {
        "source": source.name,
        "source_id": item.key,
        "uri": well_formed(item.uri),
        "media_type": base_type(item.media_type),
        "metadata": _json(item.metadata),
        "access_labels": sorted(set(source.access_labels if item.access_labels is None else item.access_labels)),
        "tenant": source.tenant if item.tenant is None else item.tenant,
    }
    # These names are part of the hash: another name would have every document extracted again.
    hashed = {**row, "media_type": item.media_type, "title": item.title, "withheld": list(item.held_out_lines)}
    return {**row, "metadata_hash": fingerprint({"parser": PARSER_REVISION, **hashed})}


def part_columns(columns: Row, part: Part) -> Row:
    """The columns of one part of an item: its own id and address, and the id of the document that it is."""
    row = {**columns, "media_type": part.media_type or columns["media_type"]}
    if part.name:
        row["source_id"] = f"{columns['source_id']}{INSIDE}{well_formed(part.name)}"
        row["uri"] = f"{columns['uri']}{INSIDE}{well_formed(part.name)}"
    return {**row, "doc_id": doc_id(row["source"], row["source_id"])}


def document_row(columns: Row, item: Item, digest: str, parsed: Parsed, now: datetime) -> Row:
    """A document as it is now. Metadata that the source gives wins over what stands in the content."""
    pages = {"page_starts": list(parsed.page_starts)} if parsed.page_starts else {}
    row = {
        **columns,
        "content_hash": digest,
        "title": well_formed(parsed.title),
        "text": parsed.text,
        "metadata": _json({**parsed.metadata, **pages, **item.metadata}),
        "fetched_at": now,
        "changed_at": now,
        "deleted": False,
    }
    return {**row, "row_hash": row_hash(row)}


def document_deletion(stored: Mapping[str, Any], now: datetime) -> Row:
    """The deletion of a document. Its source and id stay, to say which one it was; its content does not."""
    kept = {name: stored[name] for name in ("doc_id", "source", "source_id")}
    return {**kept, "deleted": True, "deleted_at": now}


def quarantine_row(columns: Row, digest: str, refusal: Refusal, now: datetime) -> Row:
    """An item, or a part of one, that was refused, and why."""
    kept = {name: columns[name] for name in ("doc_id", "source", "source_id", "uri")}
    why = {"stage": STAGE, "reason": refusal.reason, "message": well_formed(refusal.message)[:2000]}
    return {**kept, "content_hash": digest, **why, "seen_at": now, "deleted": False}


def quarantine_deletion(stored: Mapping[str, Any], now: datetime) -> Row:
    """The deletion of a quarantine row whose item is not refused any more."""
    return {**stored, "seen_at": now, "deleted": True}


def item_row(item: Mapping[str, Any], **changed: Any) -> Row:
    """The row of an item (``TO_EXTRACT``) as it was listed, with what was ``changed``."""
    names = ("doc_id", "source", "source_id", "change_marker", "metadata_hash")
    parts = {"part_ids": item["part_ids"] or [], "part_hashes": item["part_hashes"] or []}
    return {**{name: item[name] for name in names}, **parts, "deleted": False, **changed}


def item_deletion(stored: Mapping[str, Any]) -> Row:
    """The deletion of an item that its source does not list any more."""
    return {**{name: stored[name] for name in ("doc_id", "source", "source_id")}, "deleted": True}


def row_hash(row: Mapping[str, Any]) -> str:
    """16 hex digits that change when a row of ``documents`` or ``quarantine`` does, times aside."""
    if "stage" in row:
        return fingerprint([row["reason"], row["message"], row["content_hash"]])
    hashed = {name: value for name, value in row.items() if name not in _NOT_HASHED and value is not None}
    return fingerprint({**hashed, "text": content_hash(row["text"].encode())})


def _json(metadata: Mapping[str, object]) -> str:
    return well_formed(json.dumps(dict(metadata), sort_keys=True, ensure_ascii=False, default=str))
