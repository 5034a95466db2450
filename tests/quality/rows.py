"""Rows that pass every gate, for tests to break one at a time."""

import hashlib
from datetime import UTC, datetime

import pyarrow as pa

from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS, FEEDBACK
from ragline.runtime.lake import Commit, Lake

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def hexed(text: str, length: int = 32) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def document(name: str, text: str = "Printers are found by name.", **columns: object) -> dict[str, object]:
    return {
        "doc_id": hexed(name),
        "source": "handbook",
        "source_id": name,
        "uri": f"file:///{name}",
        "media_type": "text/plain",
        "content_hash": hexed(text, 64),
        "metadata_hash": "m",
        "title": "",
        "text": text,
        "metadata": "{}",
        "access_labels": [],
        "tenant": "",
        "fetched_at": NOW,
        "changed_at": NOW,
        "deleted": False,
        **columns,
    }


def gone(name: str) -> dict[str, object]:
    return {"doc_id": hexed(name), "deleted": True, "deleted_at": NOW}


def chunk(name: str, text: str, start: int, end: int, **columns: object) -> dict[str, object]:
    return {
        "chunk_id": hexed(f"{name}{start}"),
        "doc_id": hexed(name),
        "source": "handbook",
        "source_id": name,
        "uri": f"file:///{name}",
        "title": "",
        "ordinal": 0,
        "text": text,
        "text_hash": hexed(text),
        "span_start": start,
        "span_end": end,
        "alignment": None,
        "heading_path": [],
        "token_count": 3,
        "access_labels": [],
        "tenant": "",
        "deleted": False,
        **columns,
    }


def vector(text: str, values: list[float], model: str = "model") -> dict[str, object]:
    return {"text_hash": hexed(text), "model_fingerprint": model, "vector": values}


def event(name: str, **columns: object) -> dict[str, object]:
    return {
        "event_id": name,
        "query": "where is the printer?",
        "release": 1,
        "ranked": ["c1", "c2"],
        "clicked": ["c2"],
        "corrected": [],
        "user": "u",
        "occurred_at": NOW,
        **columns,
    }


TABLES = {table.name: table for table in (DOCUMENTS, CHUNKS, EMBEDDINGS, FEEDBACK)}


def append(lake: Lake, table: str, *rows: dict[str, object], fingerprint: str = "", **inputs: int) -> int:
    """Commit rows as a job would; return the version."""
    version = lake.version(TABLES[table])
    commit = Commit(f"{table}-{version}", "maker", inputs, fingerprint)
    return lake.write(TABLES[table], pa.Table.from_pylist(list(rows), schema=TABLES[table].schema), commit, version)
