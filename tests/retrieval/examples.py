"""A small handbook: documents, chunks and vectors written straight into a lake, and bundles without a lake."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.fingerprints import chunk_id, text_hash
from ragline.contracts.release_manifest import EmbedderRef, ReleaseManifest
from ragline.contracts.release_spec import (
    ChunkTextSpec,
    EncoderSpec,
    FusionSpec,
    LexicalIndexSpec,
    ReleaseSpec,
    VectorIndexSpec,
)
from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS, TOMBSTONES, Table
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, publish

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

Passages = Mapping[str, Sequence[str]]

HANDBOOK: Passages = {
    "coffee": ["The espresso machine is descaled every Friday.", "Beans are ordered on the first of the month."],
    "vpn": ["Connect to the private network before you open the payroll system."],
    "travel": ["Book trains through the travel desk.", "Hotel bills are paid back within thirty days."],
}


def table_of(table: Table, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows with every column a table has, those not given null."""
    return pa.Table.from_pylist([{name: row.get(name) for name in table.schema.names} for row in rows], schema=table.schema)


def chunk_rows(passages: Passages) -> pa.Table:
    """One chunk per passage; the document's id is its title in lower case. Who may read ``travel`` is restricted."""
    rows = []
    for doc, texts in passages.items():
        start = 0
        for ordinal, text in enumerate(texts):
            hashed = text_hash(encoder_input(doc.title(), [], text))
            rows.append(
                {
                    "chunk_id": chunk_id(doc, hashed, 0),
                    "doc_id": doc,
                    "source": "handbook",
                    "source_id": f"{doc}.md",
                    "uri": f"file:///handbook/{doc}.md",
                    "title": doc.title(),
                    "ordinal": ordinal,
                    "text": text,
                    "text_hash": hashed,
                    "span_start": start,
                    "span_end": start + len(text),
                    "heading_path": [],
                    "token_count": len(text.split()),
                    "tenant": "acme" if doc == "travel" else "",
                    "access_labels": ["hr", "staff"] if doc == "travel" else [],
                    "deleted": False,
                }
            )
            start += len(text) + 2
    return table_of(CHUNKS, rows)


def write_passages(lake: Lake, passages: Passages, name: str = "first") -> tuple[int, int]:
    """Write and publish documents and their chunks; a document that is gone gets its marker row and a tombstone."""
    gone = [doc for doc in _present(lake) if doc not in passages]
    markers = [{"doc_id": doc, "deleted": True, "deleted_at": datetime.now(UTC)} for doc in gone]
    rows = [
        {"doc_id": doc, "title": doc.title(), "text": "\n\n".join(texts), "deleted": False} for doc, texts in passages.items()
    ]
    documents = lake.append(DOCUMENTS, table_of(DOCUMENTS, [*rows, *markers]), Commit(f"documents-{name}", f"ingest-{name}"))
    publish(lake, Publication("documents", documents, f"ingest-{name}"))
    chunks = lake.append(
        CHUNKS,
        pa.concat_tables([chunk_rows(passages), table_of(CHUNKS, [{"doc_id": doc, "deleted": True} for doc in gone])]),
        Commit(f"chunks-{name}", f"preprocess-{name}", {"documents": documents}),
    )
    publish(lake, Publication("chunks", chunks, f"preprocess-{name}", inputs={"documents": documents}))
    if gone:
        bury(lake, gone, documents)
    return documents, chunks


def _present(lake: Lake) -> list[str]:
    return lake.read(DOCUMENTS, columns=["doc_id"])["doc_id"].to_pylist()


def bury(lake: Lake, doc_ids: Sequence[str], documents_version: int) -> None:
    """Write tombstones."""
    now = datetime.now(UTC)
    rows = [{"doc_id": doc, "documents_version": documents_version, "reason": "gone", "deleted_at": now} for doc in doc_ids]
    lake.append(TOMBSTONES, table_of(TOMBSTONES, rows), Commit(f"bury-{documents_version}", "ingest"))


def write_vectors(lake: Lake, encoder: "Encoder", name: str = "first") -> int:
    """Embed every chunk and publish the embeddings."""
    chunks = lake.read(CHUNKS)
    texts = [encoder_input(row["title"], [], row["text"]) for row in chunks.to_pylist()]
    vectors = encoder.encode_documents(texts)
    rows = [
        {"text_hash": hashed, "model_fingerprint": encoder.fingerprint, "vector": vector.tolist()}
        for hashed, vector in zip(chunks["text_hash"].to_pylist(), vectors, strict=True)
    ]
    version = lake.append(EMBEDDINGS, table_of(EMBEDDINGS, rows), Commit(f"embeddings-{name}", f"embed-{name}"))
    publish(lake, Publication("embeddings", version, f"embed-{name}"))
    return version


def manifest_of(
    chunks: pa.Table, *, fingerprint: str = "f" * 16, lake_uri: str = "/nowhere", encoder: str = "e" * 16, dimension: int = 4
) -> ReleaseManifest:
    """A manifest for a bundle that no job built."""
    return ReleaseManifest(
        pipeline="handbook",
        fingerprint=fingerprint,
        lake_uri=lake_uri,
        inputs={"documents": 0, "chunks": 0, "embeddings": 0},
        embedder=EmbedderRef(name="handbook.embedder", version=1),
        spec=ReleaseSpec(
            vectors=VectorIndexSpec(kind="flat"),
            lexical=LexicalIndexSpec(analyser=1, stemmer="en"),
            fusion=FusionSpec(rrf_k=60, candidates=100),
            encoder=EncoderSpec(fingerprint=encoder, dimension=dimension),
            chunk_text=ChunkTextSpec(heading_prefix=True),
        ),
        counts={"chunks": chunks.num_rows, "documents": 1},
        run_id="build-1",
        ragline_version="0.1.0",
        created_at="2026-01-01T00:00:00+00:00",
    )


def write_small_bundle(folder: Path, passages: Passages = HANDBOOK, *, fingerprint: str = "f" * 16) -> ReleaseManifest:
    """A bundle with unit vectors of dimension 4 and an embedder folder that only stands for one."""
    from ragline.retrieval.bundle_writer import write_bundle
    from ragline.retrieval.chunk_store import in_row_order

    embedder = folder.parent / "embedder"
    embedder.mkdir(parents=True, exist_ok=True)
    (embedder / "modules.json").write_text("[]")
    chunks = in_row_order(chunk_rows(passages))
    vectors = np.eye(4, dtype=np.float32)[np.arange(chunks.num_rows) % 4]
    return write_bundle(folder, manifest_of(chunks, fingerprint=fingerprint), chunks, vectors, embedder)
