"""Rows of ``documents``, ``quarantine`` and ``items``."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ragline.contracts.fingerprints import content_hash, doc_id, fingerprint
from ragline.ingest.extract.extraction import PARSER_REVISION
from ragline.ingest.extract.parse.clean import well_formed
from ragline.ingest.extract.parse.media_types import base_type
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.part import Part
from ragline.ingest.item import Item, Refusal
from ragline.ingest.sync.known import STAGE

Row = dict[str, Any]

# Between an item and the part inside it, in source ids and URIs.
INSIDE = "!/"


def attributes(source: str, item: Item, tenant: str, labels: Sequence[str]) -> Row:
    """The columns that are known before the content is read, with the hash of all that shapes them."""
    row: Row = {
        "source": source,
        "source_id": item.source_id,
        "uri": well_formed(item.uri),
        "media_type": base_type(item.media_type),
        "metadata": _json(item.metadata),
        "access_labels": sorted(set(labels if item.access_labels is None else item.access_labels)),
        "tenant": tenant if item.tenant is None else item.tenant,
    }
    shaping = {**row, "media_type": item.media_type, "title": item.title, "withheld": list(item.withheld)}
    return {**row, "metadata_hash": fingerprint({"parser": PARSER_REVISION, **shaping})}


def part_attributes(given: Row, part: Part) -> Row:
    """The columns of one part of an item: its own id and address, and the id of the document that it is."""
    row = {**given, "media_type": part.media_type or given["media_type"]}
    if part.name:
        row["source_id"] = f"{given['source_id']}{INSIDE}{well_formed(part.name)}"
        row["uri"] = f"{given['uri']}{INSIDE}{well_formed(part.name)}"
    return {**row, "doc_id": doc_id(row["source"], row["source_id"])}


def document_row(given: Row, item: Item, digest: str, parsed: Parsed, now: datetime) -> Row:
    """A document as it is now. What the source says of it wins over what it says itself."""
    pages = {"page_starts": list(parsed.page_starts)} if parsed.page_starts else {}
    return {
        **given,
        "content_hash": digest,
        "title": well_formed(parsed.title),
        "text": parsed.text,
        "metadata": _json({**parsed.metadata, **pages, **item.metadata}),
        "fetched_at": now,
        "changed_at": now,
        "deleted": False,
    }


def refusal_row(given: Row, digest: str, refusal: Refusal, now: datetime) -> Row:
    """An item, or a part of one, that could not be taken in, and why."""
    kept = {name: given[name] for name in ("doc_id", "source", "source_id", "uri")}
    why = {"stage": STAGE, "reason": refusal.reason, "message": well_formed(refusal.message)[:2000]}
    return {**kept, "content_hash": digest, **why, "seen_at": now, "deleted": False}


def row_hash(row: Mapping[str, Any]) -> str:
    """16 hex digits that change when the row does, times aside."""
    if "stage" in row:
        return fingerprint([row["reason"], row["message"], row["content_hash"]])
    said = {name: value for name, value in row.items() if name not in ("fetched_at", "changed_at", "text")}
    return fingerprint({**said, "text": content_hash(row["text"].encode())})


def deletion_row(known: Mapping[str, Any], now: datetime) -> Row:
    """The marker of a document that is gone. Its source and id stay, to say which one it was."""
    kept = {name: known[name] for name in ("doc_id", "source", "source_id")}
    return {**kept, "deleted": True, "deleted_at": now}


def resolution_row(known: Mapping[str, Any], now: datetime) -> Row:
    """The marker of an item that is not refused any more."""
    return {**known, "seen_at": now, "deleted": True}


def _json(metadata: Mapping[str, object]) -> str:
    return well_formed(json.dumps(dict(metadata), sort_keys=True, ensure_ascii=False, default=str))
