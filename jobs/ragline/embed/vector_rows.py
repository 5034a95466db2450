"""Make rows of the embeddings table and commit them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import commit_key, fingerprint
from ragline.contracts.tables import EMBEDDINGS
from ragline.errors import CommitConflict, ReleaseError
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.large_columns import is_among


def vector_rows(hashes: pa.Array, model_fingerprint: str, vectors: np.ndarray, dimension: int) -> pa.Table:
    """Make an Arrow row of each text hash and its vector; ``vectors`` is (n, dimension), stored as float32.

    Raises:
        ReleaseError: vectors of another dimension, or with values that are not finite numbers.
    """
    if vectors.shape != (len(hashes), dimension):
        raise ReleaseError(
            f"The embedder {model_fingerprint} gave vectors of shape {vectors.shape} for {len(hashes)} texts; "
            f"it is registered with dimension {dimension}. Register it again."
        )
    broken = ~np.isfinite(vectors).all(axis=1)
    if broken.any():
        first = hashes[int(np.argmax(broken))].as_py()
        raise ReleaseError(
            f"The embedder {model_fingerprint} gave {int(broken.sum())} vectors with NaN or infinite values, the first for "
            f"the text with hash {first}. Nothing of this batch was stored; check the model's weights and embedding.device."
        )
    flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).reshape(-1))
    offsets = pa.array(np.arange(len(hashes) + 1, dtype=np.int32) * dimension)
    return pa.table(
        {
            "text_hash": hashes,
            "model_fingerprint": pa.array([model_fingerprint] * len(hashes), pa.string()),
            "vector": pa.ListArray.from_arrays(offsets, flat),
        }
    )


def commit_vectors(lake: Lake, rows: pa.Table, chunks_version: int, run_id: str) -> int:
    """Append the rows and return the version written, without the texts that another run has embedded meanwhile."""
    model = rows["model_fingerprint"][0].as_py()
    base = lake.version(EMBEDDINGS)
    while rows.num_rows:
        key = commit_key("embed", EMBEDDINGS.name, {"texts": fingerprint(rows["text_hash"].to_pylist())}, model)
        try:
            return lake.write(EMBEDDINGS, rows, Commit(key, run_id, {"chunks": chunks_version}, model), base)
        except CommitConflict:
            newest = lake.version(EMBEDDINGS)
            rows = _without_stored(lake, rows, model, newest, since=-1 if base is None else base)
            base = newest
    return base or 0


def _without_stored(lake: Lake, rows: pa.Table, model: str, version: int | None, since: int) -> pa.Table:
    ours = pc.field("model_fingerprint") == model
    theirs = lake.read(EMBEDDINGS, version, columns=["text_hash"], filter=ours, since=since)
    return rows.filter(pc.invert(is_among(rows["text_hash"], theirs["text_hash"])))
