from pathlib import Path

import numpy as np
import pytest

from ragline.errors import ReleaseError
from ragline.retrieval.vectors.flat import FlatIndex

VECTORS = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0]], dtype=np.float32)


def test_rows_come_by_inner_product() -> None:
    scores, rows = FlatIndex.build(VECTORS, {}).search(np.array([[1, 0, 0]], dtype=np.float32), 2)

    assert rows.tolist() == [[0, 2]]
    assert scores[0].tolist() == pytest.approx([1.0, 0.6])


def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    FlatIndex.build(VECTORS, {}).save(tmp_path / "index.faiss")

    index = FlatIndex.open(tmp_path / "index.faiss")

    assert (len(index), index.dimension) == (3, 3)
    assert index.search(VECTORS[1:2], 1)[1].tolist() == [[1]]


def test_an_index_without_vectors_finds_nothing() -> None:
    index = FlatIndex.build(np.empty((0, 3), dtype=np.float32), {})

    assert index.search(VECTORS[:1], 2)[1].tolist() == [[-1, -1]]


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.faiss").write_bytes(b"not an index")

    with pytest.raises(ReleaseError, match=r"vector index .*index\.faiss cannot be read"):
        FlatIndex.open(tmp_path / "index.faiss")


def test_hidden_rows_are_not_found_and_the_others_score_as_before() -> None:
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(500, 8)).astype(np.float32)
    hidden = rng.random(500) < 0.9
    index = FlatIndex.build(vectors, {})

    scores, rows = index.search(vectors[:10], 20, hidden)

    everything, order = index.search(vectors[:10], 500)
    for query in range(10):
        visible = ~hidden[order[query]]
        assert rows[query].tolist() == order[query][visible][:20].tolist()
        assert scores[query].tolist() == everything[query][visible][:20].tolist()


def test_fewer_visible_rows_than_asked_for_leave_places_empty() -> None:
    hidden = np.array([True, False, True])

    assert FlatIndex.build(VECTORS, {}).search(VECTORS[:1], 2, hidden)[1].tolist() == [[1, -1]]


def test_vectors_come_back_by_row() -> None:
    assert FlatIndex.build(VECTORS, {}).reconstruct(np.array([2, 0])).tolist() == VECTORS[[2, 0]].tolist()


@pytest.mark.parametrize("rows", [0, 3])
def test_vectors_are_read_from_the_file_without_faiss(tmp_path: Path, rows: int) -> None:
    FlatIndex.build(VECTORS[:rows], {}).save(tmp_path / "index.faiss")

    assert FlatIndex.read_vectors(tmp_path / "index.faiss").tolist() == VECTORS[:rows].tolist()


def test_a_file_cut_short_holds_no_vectors(tmp_path: Path) -> None:
    FlatIndex.build(VECTORS, {}).save(tmp_path / "index.faiss")
    (tmp_path / "index.faiss").write_bytes((tmp_path / "index.faiss").read_bytes()[:-4])

    with pytest.raises(ReleaseError, match="does not hold 3 vectors of dimension 3"):
        FlatIndex.read_vectors(tmp_path / "index.faiss")
