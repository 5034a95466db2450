from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ragline.contracts.tables import EMBEDDINGS
from ragline.embed.vector_rows import commit_vectors, vector_rows
from ragline.errors import ReleaseError
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake

HASHES = pa.array(["a", "b"])
VECTORS = np.array([[0.6, 0.8], [1.0, 0.0]], dtype=np.float32)


def test_rows_hold_each_vector_under_its_hash() -> None:
    rows = vector_rows(HASHES, "m", VECTORS, 2)
    assert rows["text_hash"].to_pylist() == ["a", "b"]
    assert np.array_equal(np.array(rows["vector"].to_pylist(), dtype=np.float32), VECTORS)


def test_a_wrong_dimension_is_an_error() -> None:
    with pytest.raises(ReleaseError, match=r"shape \(2, 2\).*dimension 3"):
        vector_rows(HASHES, "m", VECTORS, 3)


def test_nan_is_an_error_that_names_the_text() -> None:
    broken = VECTORS.copy()
    broken[1, 0] = np.nan
    with pytest.raises(ReleaseError, match="hash b"):
        vector_rows(HASHES, "m", broken, 2)


def test_texts_that_another_run_embedded_meanwhile_are_not_stored_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(str(tmp_path))
    theirs = vector_rows(pa.array(["b"]), "m", VECTORS[1:], 2)
    lake.write(EMBEDDINGS, theirs, Commit("theirs", "other"), None)
    seen = iter([None, 0])  # we looked before they committed
    monkeypatch.setattr(lake, "version", lambda table: next(seen))
    commit_vectors(lake, vector_rows(HASHES, "m", VECTORS, 2), 0, "ours")
    assert sorted(lake.read(EMBEDDINGS)["text_hash"].to_pylist()) == ["a", "b"]
