"""The two passes over texts, as functions that Spark runs on the slices of documents in executors.

Executors read and write Parquet with pyarrow; only ids, hashes and file names go through Spark to the driver.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from ragline.contracts.tables import CHUNKS
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.cleaning.normalise import normalise
from ragline.preprocess.document_chunks import chunk_document
from ragline.preprocess.document_files import Slice, read_slice
from ragline.preprocess.duplicates.exact import normal_hash
from ragline.runtime.models import resolve_model
from ragline.runtime.part_files import PartFile
from ragline.runtime.preprocess_settings import PreprocessSettings
from ragline.runtime.quiet import quiet_libraries

SLICE_SCHEMA = "file string, doc_ids array<string>, seqs array<bigint>"

HASHES = pa.schema([("doc_id", pa.string()), ("normal_hash", pa.string())])
HASHES_DDL = "doc_id string, normal_hash string"

# What one task of the second pass tells the driver: its file to commit ("" if it has none), and what is in it.
PARTS = pa.schema(
    [
        ("path", pa.string()),
        ("size", pa.int64()),
        ("modification_time", pa.int64()),
        ("stats", pa.string()),
        ("tokens", pa.int64()),
        ("redacted_emails", pa.int64()),
        ("doc_ids", pa.list_(pa.string())),
        ("chunk_counts", pa.list_(pa.int32())),
    ]
)
PARTS_DDL = (
    "path string, size bigint, modification_time bigint, stats string, tokens bigint, redacted_emails bigint, "
    "doc_ids array<string>, chunk_counts array<int>"
)

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class HashDocuments:
    """First pass: the hash that exact copies share."""

    documents_uri: str

    def __call__(self, batches: Batches) -> Batches:
        """Slices in, (doc_id, normal_hash) out."""
        for part in _slices(batches):
            for rows in read_slice(self.documents_uri, part, ["doc_id", "text", "tenant", "access_labels"]):
                hashes = [
                    normal_hash(normalise(row["text"] or "").text, row["tenant"] or "", row["access_labels"] or ())
                    for row in rows
                ]
                yield pa.RecordBatch.from_arrays([[row["doc_id"] for row in rows], hashes], schema=HASHES)


@dataclass(frozen=True)
class ChunkDocuments:
    """Second pass: chunks, written to one Parquet file per task below the chunks table's folder."""

    documents_uri: str
    chunks_uri: str
    chunks_version: int
    settings: PreprocessSettings
    model: str
    root: Path

    def __call__(self, batches: Batches) -> Batches:
        """Slices in, one row of ``PARTS`` out."""
        quiet_libraries()
        folder = resolve_model(self.model, self.root)
        counter = load_token_counter(folder)
        file = PartFile(CHUNKS, self.chunks_uri, self.chunks_version)
        counts: dict[str, int] = {}
        tokens = emails = 0
        for part in _slices(batches):
            for documents in read_slice(self.documents_uri, part, _COLUMNS):
                for document in documents:
                    made = chunk_document(document, self.settings, counter, folder)
                    file.add(made.rows)
                    counts[document["doc_id"]] = len(made.rows)
                    tokens += sum(row["token_count"] for row in made.rows)
                    emails += made.redacted_emails
        action = file.close()
        told = asdict(action) if action else {"path": "", "size": 0, "modification_time": 0, "stats": ""}
        row = {name: told[name] for name in ("path", "size", "modification_time", "stats")}
        row |= {"tokens": tokens, "redacted_emails": emails, "doc_ids": list(counts), "chunk_counts": list(counts.values())}
        yield pa.RecordBatch.from_pylist([row], schema=PARTS)


_COLUMNS = ["doc_id", "source", "source_id", "uri", "title", "text", "metadata", "access_labels", "tenant"]


def _slices(batches: Batches) -> Iterator[Slice]:
    for batch in batches:
        for row in batch.to_pylist():
            yield Slice(row["file"], row["doc_ids"], row["seqs"])
