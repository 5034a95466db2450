"""What a release holds, in row order: read from the tables that it is built from, or from another release's bundle."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.release_spec import EncoderSpec
from ragline.contracts.tables import CHUNKS
from ragline.index.inputs import ReleaseInputs
from ragline.index.matrix import read_matrix
from ragline.lake.lake import Lake
from ragline.lake.large_columns import distinct
from ragline.retrieval.bundle import EMBEDDER, Bundle
from ragline.retrieval.chunk_store import in_row_order
from ragline.retrieval.vectors.vector_index import vector_index_kind


@dataclass(frozen=True)
class ReleaseContent:
    """Chunks in row order, their vectors (float32, rows × dimension), the folder of the embedder that made these, and the
    documents that were left out (``doc_id``), of those that the chunks' table holds."""

    chunks: pa.Table
    vectors: np.ndarray
    embedder_folder: Path
    left_out: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many chunks, of how many documents."""
        return {"chunks": self.chunks.num_rows, "documents": len(distinct(self.chunks["doc_id"]))}


def read_chunks(lake: Lake, version: int, without: Collection[str] = ()) -> tuple[pa.Table, tuple[str, ...]]:
    """The chunks of a version in row order, some documents left out; and which of these there were."""
    chunks = in_row_order(lake.read(CHUNKS, version))
    return _leave_out(chunks, without)[:2]


def read_tables(
    lake: Lake, inputs: ReleaseInputs, encoder: EncoderSpec, embedder_folder: Path, without: Collection[str] = ()
) -> ReleaseContent:
    """The content of a release that is built from these versions with an encoder's vectors.

    Raises:
        MissingInput: some chunks have no vector of this encoder.
        LakeError, OSError: a version cannot be read any more.
    """
    chunks, left_out = read_chunks(lake, inputs.chunks, without)
    vectors = read_matrix(lake, inputs.embeddings, encoder.fingerprint, encoder.dimension, chunks["text_hash"])
    return ReleaseContent(chunks, vectors, embedder_folder, left_out)


def read_bundle(bundle: Bundle, without: Collection[str]) -> ReleaseContent:
    """The content of a bundle, but for some documents. What stays is bit for bit what it was."""
    kind = vector_index_kind(bundle.manifest.spec.vectors)
    chunks, left_out, rows = _leave_out(bundle.chunks(), without)
    vectors = np.array(kind.read_vectors(bundle.folder / kind.file_name)[rows])
    return ReleaseContent(chunks, vectors, bundle.folder / EMBEDDER, left_out)


def _leave_out(chunks: pa.Table, without: Collection[str]) -> tuple[pa.Table, tuple[str, ...], np.ndarray]:
    """The rows of other documents, the documents that were found and left out, and the numbers of the rows that stay."""
    gone = pc.is_in(chunks["doc_id"], value_set=pa.array(sorted(without), pa.string()))
    left_out = tuple(sorted(chunks["doc_id"].filter(gone).unique().to_pylist()))
    stays = pc.invert(gone)
    return chunks.filter(stays) if left_out else chunks, left_out, np.flatnonzero(stays.to_numpy(zero_copy_only=False))
