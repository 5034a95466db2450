"""Documents into chunks, in executors: rows go to a file for each task, and what the rest has to know of them to Spark."""

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
from ragline.preprocess.chunking.strategies import make_chunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.document_chunks import DocumentChunks, chunk_document
from ragline.preprocess.documents import Document
from ragline.preprocess.duplicates.exact import scope_of
from ragline.preprocess.profile import fingerprints_of
from ragline.preprocess.shared_blocks import Marks
from ragline.runtime.quiet import quiet_libraries

# One row for each document with its chunks side by side, and one (without a doc_id) for the file that holds them.
CHUNKED = pa.schema(
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
class ChunkDocuments:
    """Documents in, ``CHUNKED`` out; the chunks' rows are in the files that it names, below the chunks table's folder."""

    chunks_uri: str
    chunks_version: int
    settings: PreprocessSettings
    model: str
    root: Path
    boilerplate: Marks = field(default_factory=dict)
    columns: Sequence[str] = ("doc_id", "source", "source_id", "uri", "title", "text", "metadata", "access_labels", "tenant")
    schema: pa.Schema = CHUNKED

    def __call__(self, documents: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        cut = self.cutter()
        file = PartFile(CHUNKS, self.chunks_uri, self.chunks_version)
        for some in documents:
            made = [self._chunked(document, file, cut(document)) for document in some]
            yield pa.RecordBatch.from_pylist(made, schema=CHUNKED)
        if action := file.close():
            yield pa.RecordBatch.from_pylist([file_row(action)], schema=CHUNKED)

    def cutter(self) -> Callable[[Document], DocumentChunks]:
        """The function that cuts one document; loads the tokenizer."""
        quiet_libraries()
        folder = resolve_model(self.model, self.root)
        chunker = make_chunker(self.settings.chunk, load_token_counter(folder), folder)

        def cut(document: Document) -> DocumentChunks:
            boilerplate = self.boilerplate.get(document["source"], frozenset())
            return chunk_document(document, self.settings, chunker, boilerplate)

        return cut

    def _chunked(self, document: Document, file: PartFile, made: DocumentChunks) -> Mapping[str, Any]:
        file.add(made.rows)
        hashes = self._fingerprints(document, made)
        return {
            "doc_id": document["doc_id"],
            "path": file.name,
            "chunk_ids": [row["chunk_id"] for row in made.rows],
            "normal_hashes": [found["normal_hash"] for found in hashes],
            "word_counts": [found["words"] for found in hashes],
            "band_lists": [found["bands"] for found in hashes],
            "tokens": sum(row["token_count"] for row in made.rows),
            "found_kinds": list(made.found),
            "found_counts": list(made.found.values()),
        }

    def _fingerprints(self, document: Document, made: DocumentChunks) -> list[dict[str, Any]]:
        """A chunk that is shorter than copies may be has the hash of nobody's copy."""
        copies = self.settings.deduplicate.chunks
        scope = scope_of(document["tenant"], document["access_labels"])
        found = fingerprints_of([row["text"] for row in made.rows], [scope] * len(made.rows), copies, self.settings.deduplicate)
        return [hashes if hashes["words"] >= copies.min_words else {**hashes, "normal_hash": ""} for hashes in found]
