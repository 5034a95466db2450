"""Facts about ``embeddings``. Vectors are checked a record batch at a time; never are all of them in memory."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.gates.fact_counts import FactCounts
from ragline.gates.facts import Facts, facts_from_counts, repeated_keys
from ragline.gates.inspection import Inspection
from ragline.gates.row_checks import count_broken
from ragline.lake.large_columns import distinct, is_among
from ragline.lake.publications import last_published

_COLUMNS = ["text_hash", "model_fingerprint", "vector"]


def embedding_facts(inspection: Inspection) -> Facts:
    """Facts about all rows: how many there are, which keys repeat, how many dimensions a model has, and which texts of the
    chunks that the newest commit names have no vector (``missing``). Facts about rows since the last check: which break
    a column's rule, norms (none: not measured), values that are not finite."""
    lake = inspection.run.lake
    keys = lake.read(EMBEDDINGS, inspection.version, columns=["text_hash", "model_fingerprint"])
    counts = FactCounts()
    vectors = _Vectors(counts, _known_dimensions(inspection))
    dataset = lake.dataset(EMBEDDINGS, inspection.version)
    for batch in dataset.to_batches(columns=_COLUMNS, filter=inspection.unchecked.filter, batch_size=8192):
        count_broken(batch, EMBEDDINGS, inspection.rules, counts)
        vectors.add(batch)
    counts.add_rows("duplicate_keys", repeated_keys(keys))
    counts.add_rows("missing", _missing(inspection, keys))
    sizes = vectors.dimensions
    return facts_from_counts(
        counts,
        ["rows_checked", "not_finite", *inspection.counts],
        {"dimensions": {model: sorted(found) for model, found in sizes.items()}},
        rows=keys.num_rows,
        dimensions_per_model=max((len(found) for found in sizes.values()), default=0),
        smallest_dimension=min((size for found in sizes.values() for size in found), default=0),
        smallest_norm=vectors.smallest_norm,
        largest_norm=vectors.largest_norm,
    )


def _known_dimensions(inspection: Inspection) -> Mapping[str, Sequence[int]]:
    """The facts of vectors that are not checked again."""
    if inspection.since is None or inspection.last is None:
        return {}
    known: Mapping[str, Sequence[int]] = inspection.last.gate_result.get("details", {}).get("dimensions", {})
    return known


class _Vectors:
    def __init__(self, counts: FactCounts, known: Mapping[str, Sequence[int]]) -> None:
        self._counts = counts
        self.dimensions: dict[str, set[int]] = defaultdict(set, {model: set(sizes) for model, sizes in known.items()})
        self.smallest_norm: float | None = None
        self.largest_norm: float | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        lengths = pc.fill_null(pc.list_value_length(batch["vector"]), 0).to_numpy(zero_copy_only=False)
        models = batch["model_fingerprint"]
        for length in np.unique(lengths):
            chosen = pa.array(np.flatnonzero(lengths == length))
            for model in models.take(chosen).unique().to_pylist():
                self.dimensions[model or ""].add(int(length))
            if length:
                self._measure(batch.take(chosen), int(length))

    def _measure(self, rows: pa.RecordBatch, dimension: int) -> None:
        values = rows["vector"].flatten().to_numpy(zero_copy_only=False).reshape(-1, dimension)
        finite = np.isfinite(values).all(axis=1)
        self._counts.add_rows("not_finite", rows["text_hash"].filter(pa.array(~finite)))
        if finite.any():
            norms = np.linalg.norm(values[finite].astype(np.float64), axis=1)
            low, high = float(norms.min()), float(norms.max())
            self.smallest_norm = low if self.smallest_norm is None else min(self.smallest_norm, low)
            self.largest_norm = high if self.largest_norm is None else max(self.largest_norm, high)


def _missing(inspection: Inspection, keys: pa.Table) -> list[str]:
    run = inspection.run
    commit = run.lake.last_commit(EMBEDDINGS, at=inspection.version)
    published = last_published(run.lake, CHUNKS.name)
    chunks = commit.inputs.get(CHUNKS.name) if commit else None
    if chunks is None and published is not None:
        chunks = published.version
    if commit is None or chunks is None:
        return []
    run.read(CHUNKS, chunks)
    wanted = distinct(run.lake.read(CHUNKS, chunks, columns=["text_hash"])["text_hash"])
    there = keys.filter(pc.equal(keys["model_fingerprint"], commit.fingerprint))["text_hash"]
    found: list[str] = wanted.filter(pc.invert(is_among(wanted, there))).to_pylist()
    return found
