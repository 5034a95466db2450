"""Rows of ``documents`` and ``quarantine``."""

import json
from collections.abc import Sequence
from datetime import datetime

from ragline.contracts.fingerprints import fingerprint
from ragline.ingest.extract import PARSER_REVISION
from ragline.ingest.item import Item
from ragline.ingest.known import STAGE, Row
from ragline.ingest.parse.clean import well_formed
from ragline.ingest.parse.media_types import base_type
from ragline.ingest.parse.parsed import Parsed


def attributes(source: str, item: Item, tenant: str, labels: Sequence[str]) -> Row:
    """The columns that are known before the content is read, with the hash of all that shapes them."""
    row: Row = {
        "source": source,
        "source_id": item.source_id,
        "uri": well_formed(item.uri),
        "media_type": base_type(item.media_type),
        "metadata": well_formed(json.dumps(dict(item.metadata), sort_keys=True, ensure_ascii=False, default=str)),
        "access_labels": sorted(set(labels if item.access_labels is None else item.access_labels)),
        "tenant": tenant if item.tenant is None else item.tenant,
    }
    shaping = {**row, "media_type": item.media_type, "title": item.title, "withheld": list(item.withheld)}
    return {**row, "metadata_hash": fingerprint({"parser": PARSER_REVISION, **shaping})}


def document_row(document: str, given: Row, content_hash: str, parsed: Parsed, now: datetime) -> Row:
    """A document as it is now."""
    return {
        **given,
        "doc_id": document,
        "content_hash": content_hash,
        "title": well_formed(parsed.title),
        "text": parsed.text,
        "fetched_at": now,
        "changed_at": now,
        "deleted": False,
    }


def deletion_row(known: Row, now: datetime) -> Row:
    """The marker of a document that is gone. Its source and id stay, to say which one it was."""
    kept = {name: known[name] for name in ("doc_id", "source", "source_id")}
    return {**kept, "deleted": True, "deleted_at": now}


def refusal_row(document: str, given: Row, content_hash: str, reason: str, message: str, now: datetime) -> Row:
    """An item that could not be taken in, and why."""
    kept = {name: given[name] for name in ("source", "source_id", "uri")}
    why = {"stage": STAGE, "reason": reason, "message": well_formed(message)}
    return {"doc_id": document, "content_hash": content_hash, **kept, **why, "seen_at": now, "deleted": False}


def resolution_row(known: Row, now: datetime) -> Row:
    """The marker of an item that is not refused any more."""
    return {**known, "seen_at": now, "deleted": True}
