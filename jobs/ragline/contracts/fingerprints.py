"""Stable hashes: of configuration, of texts, of rows.

All are SHA-256 over an unambiguous encoding, cut to the length that the use needs.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any] | Sequence[Any] | str | int | float | bool | None


def fingerprint(value: Json) -> str:
    """16 hex digits that change when ``value`` does; mapping order does not matter."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _hash_parts(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.hexdigest()


def doc_id(source: str, source_id: str) -> str:
    """Identity of a document: its source's name, and what it is called there (32 hex digits; ``document_ids.py``)."""
    return _hash_parts("document", source, source_id)[:32]


def content_hash(content: bytes) -> str:
    """Hash of an item as it was fetched (64 hex digits)."""
    return hashlib.sha256(content).hexdigest()


def text_hash(encoder_input: str) -> str:
    """Hash of the exact string given to the encoder (32 hex digits): the key of an embedding."""
    return _hash_parts("text", encoder_input)[:32]


def chunk_id(document: str, text: str, occurrence: int) -> str:
    """Identity of a chunk: its document, its text hash, and which of equal ones it is (from 0)."""
    return _hash_parts("chunk", document, text, str(occurrence))[:32]


def commit_key(job: str, table: str, inputs: Json, config: str) -> str:
    """What a commit was made from. Two commits with one key would write the same thing twice."""
    return fingerprint({"job": job, "table": table, "inputs": inputs, "config": config})
