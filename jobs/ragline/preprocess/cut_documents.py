"""Cut documents into chunks in executors: the chunks go to one file for each task, and Spark gets what decisions need of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from ragline.config.models import resolve_model
from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.tables import CHUNKS, HASHES
from ragline.lake.file_rows import FILE, file_row
from ragline.lake.part_files import PartFile
from ragline.preprocess.boilerplate_blocks import BlockHashes
from ragline.preprocess.chunking.chunker import Chunker
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.document_chunks import DocumentChunks, chunk_document
from ragline.preprocess.document_work import Document, in_time
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
        ("too_slow", pa.bool_()),
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
        quiet_libraries()
        file = PartFile(CHUNKS, self.chunks_uri, self.chunks_version)
        for documents in batches:
            rows = [self._row(document, file, self.cut_in_time(document)) for document in documents]
            yield pa.RecordBatch.from_pylist(rows, schema=CUT)
        if action := file.close():
            yield pa.RecordBatch.from_pylist([file_row(action)], schema=CUT)

    def cut_in_time(self, document: Document) -> DocumentChunks | None:
        """The chunks of one document; None if it takes longer than ``preprocess.seconds_per_document``."""
        _ = self.chunker  # to load the tokenizer is no part of the work on a document
        return in_time(self.settings.seconds_per_document, self._cut, document)

    @cached_property
    def chunker(self) -> Chunker:
        """The chunker, with the tokenizer, which is loaded once in a process."""
        folder = resolve_model(self.model, self.root)
        return make_chunker(self.settings.chunk, load_token_counter(folder), folder)

    def __getstate__(self) -> dict[str, Any]:
        """What goes to executors: all but the chunker."""
        return {name: value for name, value in vars(self).items() if name != "chunker"}

    def _cut(self, document: Document) -> DocumentChunks:
        boilerplate = self.boilerplate.get(document["source"], frozenset())
        return chunk_document(document, self.settings, self.chunker, boilerplate)

    def _row(self, document: Document, file: PartFile, cut: DocumentChunks | None) -> Mapping[str, Any]:
        chunks = cut or DocumentChunks([], {})
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
            "too_slow": cut is None,
        }

    def _copy_keys(self, document: Document, chunks: DocumentChunks) -> list[dict[str, Any]]:
        copies = self.settings.deduplicate.chunks
        scope = scope_of(document["tenant"], document["access_labels"])
        keys = copy_keys([row["text"] for row in chunks.rows], [scope] * len(chunks.rows), copies, self.settings.deduplicate)
        # A chunk that is too short to be a copy has no hash, and so nobody to share it with.
        return [key if key["words"] >= copies.min_words else {**key, "normal_hash": ""} for key in keys]
