"""Rows that pass every gate, for tests to break one at a time."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, EMBEDDINGS, FEEDBACK
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake

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


def outcome(name: str, chunk_count: int, what: str = "chunked") -> dict[str, object]:
    return {"doc_id": hexed(name), "outcome": what, "chunk_count": chunk_count, "deleted": False}


TABLES = {table.name: table for table in (DOCUMENTS, CHUNKS, EMBEDDINGS, FEEDBACK, DOCUMENT_STATE, CHUNK_STATE)}


def append(lake: Lake, table: str, *rows: dict[str, object], fingerprint: str = "", **inputs: int) -> int:
    """Commit rows as a job would; return the version."""
    version = lake.version(TABLES[table])
    commit = Commit(f"{table}-{version}", "maker", inputs, fingerprint)
    return lake.write(TABLES[table], pa.Table.from_pylist(list(rows), schema=TABLES[table].schema), commit, version)


def append_chunks(
    lake: Lake,
    documents: int,
    *rows: dict[str, object],
    fingerprint: str = "",
    outcomes: Sequence[dict[str, object]] | None = None,
) -> int:
    """Commit chunks as preprocess does, with what it remembers of their documents: by default that each that is named has so
    many chunks as it has here."""
    counts = Counter(row["doc_id"] for row in rows if not row["deleted"])
    told = [{"doc_id": doc_id, "outcome": "chunked", "chunk_count": n, "deleted": False} for doc_id, n in counts.items()]
    kept = [{"chunk_id": row["chunk_id"], "doc_id": row["doc_id"], "deleted": False} for row in rows if not row["deleted"]]
    version = 0 if (newest := lake.version(CHUNKS)) is None else newest + 1
    for table, remembered in ((DOCUMENT_STATE, told if outcomes is None else outcomes), (CHUNK_STATE, kept)):
        append(lake, table.name, *remembered, fingerprint=fingerprint, documents=documents, chunks=version)
    return append(lake, "chunks", *rows, fingerprint=fingerprint, documents=documents)
