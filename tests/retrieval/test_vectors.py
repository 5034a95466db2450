from pathlib import Path

import numpy as np
import pytest

from ragline.errors import ReleaseError
from ragline.retrieval.vectors import build_vector_index, load_vector_index

VECTORS = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0]], dtype=np.float32)


def test_rows_come_by_inner_product() -> None:
    scores, rows = build_vector_index(VECTORS).search(np.array([[1, 0, 0]], dtype=np.float32), 2)

    assert rows.tolist() == [[0, 2]]
    assert scores[0].tolist() == pytest.approx([1.0, 0.6])


def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    build_vector_index(VECTORS).save(tmp_path / "index.faiss")

    index = load_vector_index(tmp_path / "index.faiss")

    assert (len(index), index.dimension) == (3, 3)
    assert index.search(VECTORS[1:2], 1)[1].tolist() == [[1]]


def test_an_index_without_vectors_finds_nothing() -> None:
    index = build_vector_index(np.empty((0, 3), dtype=np.float32))

    assert index.search(VECTORS[:1], 2)[1].tolist() == [[-1, -1]]


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.faiss").write_bytes(b"not an index")

    with pytest.raises(ReleaseError, match=r"vector index .*index\.faiss cannot be read"):
        load_vector_index(tmp_path / "index.faiss")
