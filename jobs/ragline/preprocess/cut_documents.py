"""Cut documents into chunks in executors: the chunks go to one file for each task, and Spark gets what decisions need of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from ragline.config.models import resolve_model
from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.tables import CHUNKS, HASHES
from ragline.lake.file_rows import FILE, file_row
from ragline.lake.part_files import PartFile
from ragline.preprocess.boilerplate_blocks import BlockHashes
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.document_chunks import DocumentChunks, chunk_document
from ragline.preprocess.document_work import Document
from ragline.preprocess.duplicates.copy_keys import copy_keys
from ragline.preprocess.duplicates.exact import scope_of
from ragline.runtime.quiet import quiet_libraries

# One row for each document with its chunks side by side, and one (without a doc_id) for the file that holds them.
CUT = pa.schema(
    [
        ("doc_id", pa.string()),
        ("chunk_ids", pa.list_(pa.string())),
        ("normal_hashes", pa.list_(pa.string())),
        ("word_counts", HASHES),
        ("band_lists", pa.list_(HASHES)),
        ("tokens", pa.int64()),
        ("found_kinds", pa.list_(pa.string())),
        ("found_counts", HASHES),
        *FILE,
    ]
)


@dataclass(frozen=True)
class CutDocuments:
    """Documents in, rows of ``CUT`` out; the chunks are in the files that those name, below the chunks table's folder."""

    chunks_uri: str
    chunks_version: int
    settings: PreprocessSettings
    model: str
    root: Path
    boilerplate: BlockHashes = field(default_factory=dict)
    columns: Sequence[str] = ("doc_id", "source", "source_id", "uri", "title", "text", "metadata", "access_labels", "tenant")
    schema: pa.Schema = CUT

    def __call__(self, batches: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        cut = self.cutter()
        file = PartFile(CHUNKS, self.chunks_uri, self.chunks_version)
        for documents in batches:
            rows = [self._row(document, file, cut(document)) for document in documents]
            yield pa.RecordBatch.from_pylist(rows, schema=CUT)
        if action := file.close():
            yield pa.RecordBatch.from_pylist([file_row(action)], schema=CUT)

    def cutter(self) -> Callable[[Document], DocumentChunks]:
        """The function that cuts one document; loads the tokenizer."""
        quiet_libraries()
        folder = resolve_model(self.model, self.root)
        chunker = make_chunker(self.settings.chunk, load_token_counter(folder), folder)

        def cut(document: Document) -> DocumentChunks:
            boilerplate = self.boilerplate.get(document["source"], frozenset())
            return chunk_document(document, self.settings, chunker, boilerplate)

        return cut

    def _row(self, document: Document, file: PartFile, chunks: DocumentChunks) -> Mapping[str, Any]:
        file.add(chunks.rows)
        keys = self._copy_keys(document, chunks)
        return {
            "doc_id": document["doc_id"],
            "path": file.name,
            "chunk_ids": [row["chunk_id"] for row in chunks.rows],
            "normal_hashes": [key["normal_hash"] for key in keys],
            "word_counts": [key["words"] for key in keys],
            "band_lists": [key["bands"] for key in keys],
            "tokens": sum(row["token_count"] for row in chunks.rows),
            "found_kinds": list(chunks.found),
            "found_counts": list(chunks.found.values()),
        }

    def _copy_keys(self, document: Document, chunks: DocumentChunks) -> list[dict[str, Any]]:
        copies = self.settings.deduplicate.chunks
        scope = scope_of(document["tenant"], document["access_labels"])
        keys = copy_keys([row["text"] for row in chunks.rows], [scope] * len(chunks.rows), copies, self.settings.deduplicate)
        # A chunk that is too short to be a copy has no hash, and so nobody to share it with.
        return [key if key["words"] >= copies.min_words else {**key, "normal_hash": ""} for key in keys]
