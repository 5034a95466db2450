"""Facts about ``embeddings``. Vectors are looked at a record batch at a time; all of them are never in memory."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.quality.facts import Facts, counted, repeated_keys
from ragline.runtime.publications import last_published
from ragline.runtime.run import Run


def embedding_facts(run: Run, version: int) -> Facts:
    """How many there are; which keys repeat; dimensions, norms and values that are not finite; and which texts of the
    chunks that the newest commit embedded have no vector under its model (``missing``)."""
    keys = run.lake.read(EMBEDDINGS, version, columns=["text_hash", "model_fingerprint"])
    vectors = _Vectors()
    for batch in run.lake.dataset(EMBEDDINGS, version).to_batches(columns=EMBEDDINGS.schema.names[:3], batch_size=8192):
        vectors.add(batch)
    found = {"duplicate_keys": repeated_keys(keys), "missing": _missing(run, version, keys), "not_finite": vectors.not_finite}
    return counted(
        found,
        rows=keys.num_rows,
        dimensions_per_model=max((len(sizes) for sizes in vectors.dimensions.values()), default=0),
        smallest_dimension=min((size for sizes in vectors.dimensions.values() for size in sizes), default=0),
        smallest_norm=vectors.smallest_norm,
        largest_norm=vectors.largest_norm,
    )


@dataclass
class _Vectors:
    dimensions: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    not_finite: list[str] = field(default_factory=list)
    smallest_norm: float = float("inf")
    largest_norm: float = 0.0

    def add(self, batch: pa.RecordBatch) -> None:
        lengths = pc.fill_null(pc.list_value_length(batch["vector"]), 0).to_numpy(zero_copy_only=False)
        models = batch["model_fingerprint"]
        for length in np.unique(lengths):
            chosen = np.flatnonzero(lengths == length)
            for model in models.take(pa.array(chosen)).unique().to_pylist():
                self.dimensions[model].add(int(length))
            if length:
                self._measure(batch.take(pa.array(chosen)), int(length))

    def _measure(self, rows: pa.RecordBatch, dimension: int) -> None:
        values = rows["vector"].flatten().to_numpy(zero_copy_only=False).reshape(-1, dimension)
        finite = np.isfinite(values).all(axis=1)
        self.not_finite += rows["text_hash"].filter(pa.array(~finite)).to_pylist()
        if finite.any():
            norms = np.linalg.norm(values[finite].astype(np.float64), axis=1)
            self.smallest_norm = min(self.smallest_norm, float(norms.min()))
            self.largest_norm = max(self.largest_norm, float(norms.max()))


def _missing(run: Run, version: int, keys: pa.Table) -> list[str]:
    commit = run.lake.last_commit(EMBEDDINGS, at=version)
    published = last_published(run.lake, CHUNKS.name)
    chunks = commit.inputs.get(CHUNKS.name) if commit else None
    if chunks is None and published is not None:
        chunks = published.version
    if commit is None or chunks is None:
        return []
    run.read(CHUNKS, chunks)
    wanted = run.lake.read(CHUNKS, chunks, columns=["text_hash"])["text_hash"].unique()
    there = keys.filter(pc.equal(keys["model_fingerprint"], commit.fingerprint))["text_hash"]
    found: list[str] = wanted.filter(pc.invert(pc.is_in(wanted, value_set=there.combine_chunks()))).to_pylist()
    return found
