"""Documents, chunks and vectors of just above two gibibytes of text, written straight into a lake: rows that pass the gates."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ragline.contracts.fingerprints import chunk_id, text_hash
from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, EMBEDDINGS, Table
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from tests.retrieval.examples import table_of

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

DOCUMENTS_PER_COMMIT, PASSAGES, COMMITS = 300, 100, 10
TOTAL = COMMITS * DOCUMENTS_PER_COMMIT * PASSAGES
_NOW = datetime(2026, 1, 2, tzinfo=UTC)
# Few and long words, so that the lexical index is small and soon made.
_WORDS = [word * (48 // len(word)) for word in ("travel", "coffee", "payroll", "printer", "network", "holiday", "report", "desk")]
_BODIES = [" ".join((_WORDS * 21)[start : start + 160]) for start in range(len(_WORDS))]

Row = dict[str, Any]


def passage(number: int) -> str:
    """A passage of 7.3 kB that one number tells from the others."""
    return f"Passage {number}. {_BODIES[number % len(_BODIES)]}"


def document_of(number: int) -> str:
    """The id of the document that a passage is of."""
    return f"{number // PASSAGES:032x}"


def write_large_tables(lake: Lake, encoder: "Encoder") -> None:
    """Write 300,000 passages in ten commits and publish none.

    The vector of the last is the encoder's, those of the others point anywhere.
    """
    hashes: list[str] = []
    for commit in range(COMMITS):
        first = commit * DOCUMENTS_PER_COMMIT * PASSAGES
        documents, chunks = _rows(first)
        hashes += [row["text_hash"] for row in chunks]
        _write_commit(lake, commit, documents, chunks)
    _write_vectors(lake, encoder, hashes)


def _rows(first: int) -> tuple[list[Row], list[Row]]:
    documents, chunks = [], []
    for start in range(first, first + DOCUMENTS_PER_COMMIT * PASSAGES, PASSAGES):
        passages = list(_chunks(start))
        chunks += passages
        documents.append({"doc_id": document_of(start), "text": "\n\n".join(row["text"] for row in passages), **_common(start)})
    return documents, chunks


def _chunks(start: int) -> Iterator[Row]:
    place, doc = 0, document_of(start)
    for ordinal in range(PASSAGES):
        text = passage(start + ordinal)
        hashed = text_hash(text)
        of_chunk = {"chunk_id": chunk_id(doc, hashed, 0), "doc_id": doc, "ordinal": ordinal, "text": text, "text_hash": hashed}
        span = {"span_start": place, "span_end": place + len(text)}
        yield {**of_chunk, **span, **_common(start), "heading_path": [], "token_count": 200, "language": "en"}
        place += len(text) + 2


def _common(number: int) -> Row:
    name = document_of(number)
    plain = {"source": "handbook", "source_id": name, "uri": f"file:///{name}", "title": "", "tenant": "", "access_labels": []}
    found = {"media_type": "text/plain", "content_hash": "0" * 64, "metadata_hash": "m", "metadata": "{}"}
    return {**plain, **found, "fetched_at": _NOW, "changed_at": _NOW, "deleted": False}


def _write_commit(lake: Lake, commit: int, documents: list[Row], chunks: list[Row]) -> None:
    made_of = {"documents": _append(lake, DOCUMENTS, documents, commit)}
    told = [{"doc_id": r["doc_id"], "outcome": "chunked", "chunk_count": PASSAGES, "deleted": False} for r in documents]
    kept = [{"chunk_id": r["chunk_id"], "doc_id": r["doc_id"], "deleted": False} for r in chunks]
    for table, rows in ((DOCUMENT_STATE, told), (CHUNK_STATE, kept)):
        _append(lake, table, rows, commit, **made_of, chunks=commit)
    _append(lake, CHUNKS, chunks, commit, **made_of)


def _append(lake: Lake, table: Table, rows: list[Row], commit: int, **inputs: int) -> int:
    return lake.append(table, table_of(table, rows), Commit(f"{table.name}-{commit}", "maker", inputs))


def _write_vectors(lake: Lake, encoder: "Encoder", hashes: list[str]) -> None:
    vectors = np.random.default_rng(7).normal(size=(len(hashes), encoder.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[-1] = encoder.encode_documents([passage(len(hashes) - 1)])[0]
    columns = {"text_hash": hashes, "model_fingerprint": [encoder.fingerprint] * len(hashes), "vector": list(vectors)}
    others = {name: [None] * len(hashes) for name in EMBEDDINGS.schema.names if name not in columns}
    rows = pa.table({**columns, **others}, schema=EMBEDDINGS.schema)
    made_of = {"chunks": lake.version(CHUNKS) or 0}
    lake.append(EMBEDDINGS, rows, Commit("embeddings", "embed", made_of, encoder.fingerprint))
