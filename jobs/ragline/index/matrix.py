"""Read the vectors of chunks from the embeddings table into a matrix."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import EMBEDDINGS
from ragline.errors import MissingInput, ReleaseError
from ragline.lake.lake import Lake
from ragline.lake.large_columns import positions


def read_matrix(
    lake: Lake, embeddings_version: int, fingerprint: str, dimension: int, text_hashes: pa.ChunkedArray
) -> np.ndarray:
    """Read the vectors of these texts that one encoder made: float32 (texts, dimension), in the order of ``text_hashes``.

    Raises:
        MissingInput: some texts have no vector of this encoder.
        ReleaseError: stored vectors have another dimension.
    """
    stored = lake.dataset(EMBEDDINGS, embeddings_version).to_table(
        columns=["text_hash", "vector"], filter=pc.field("model_fingerprint") == fingerprint
    )
    places = positions(text_hashes, among=stored["text_hash"])
    if places.null_count:
        raise MissingInput(
            f"{places.null_count:,} of {len(places):,} chunks have no vector of the encoder {fingerprint} in version "
            f"{embeddings_version} of table embeddings: run 'ragline embed', then 'ragline gate embeddings'."
        )
    matrix: np.ndarray = _as_matrix(stored["vector"], dimension)[places.to_numpy()]
    return matrix


def _as_matrix(vectors: pa.ChunkedArray, dimension: int) -> np.ndarray:
    lengths = pc.unique(pc.list_value_length(vectors)).to_pylist()
    if lengths not in ([dimension], []):
        raise ReleaseError(f"Table embeddings holds vectors of length {lengths}; the encoder makes {dimension}.")
    parts = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in vectors.chunks]
    flat = np.concatenate(parts) if parts else np.empty(0)
    return flat.astype(np.float32, copy=False).reshape(-1, dimension)
