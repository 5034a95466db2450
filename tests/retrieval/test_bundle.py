from pathlib import Path

import numpy as np
import pytest

from ragline.errors import ReleaseError
from ragline.retrieval.bundle import open_bundle, verify_bundle
from ragline.retrieval.bundle_writer import write_bundle
from ragline.retrieval.chunk_store import in_row_order
from tests.retrieval.examples import chunk_rows, manifest_of, write_small_bundle


def test_a_bundle_lists_every_file_it_holds(tmp_path: Path) -> None:
    manifest = write_small_bundle(tmp_path / "bundle")

    held = {file.relative_to(tmp_path / "bundle").as_posix() for file in (tmp_path / "bundle").rglob("*") if file.is_file()}
    assert set(manifest.files) == held - {"manifest.json"}
    assert {"index.faiss", "chunks.arrow", "lexical/meta.json", "embedder/modules.json", "ragline-0.1.0-py3-none-any.whl"} <= held
    assert verify_bundle(tmp_path / "bundle") == manifest


def test_rows_vectors_and_texts_are_in_one_order(tmp_path: Path) -> None:
    write_small_bundle(tmp_path / "bundle")

    bundle = open_bundle(tmp_path / "bundle")
    chunks = bundle.chunks()

    assert chunks["doc_id"].to_pylist() == ["coffee", "coffee", "travel", "travel", "vpn"]
    assert chunks["ordinal"].to_pylist() == [0, 1, 0, 1, 0]
    assert len(bundle.vectors()) == len(bundle.lexical()) == 5
    assert bundle.lexical().search("payroll", 5)[0] == [4]


def test_the_title_is_searched_as_the_encoder_reads_it(tmp_path: Path) -> None:
    write_small_bundle(tmp_path / "bundle")

    assert open_bundle(tmp_path / "bundle").lexical().search("vpn", 5)[0] == [4]


def test_searching_a_bundle_leaves_it_whole(tmp_path: Path) -> None:
    write_small_bundle(tmp_path / "bundle")

    open_bundle(tmp_path / "bundle").lexical().search("payroll", 5)

    verify_bundle(tmp_path / "bundle")


@pytest.mark.parametrize("name", ["index.faiss", "chunks.arrow", "embedder/modules.json"])
def test_a_changed_or_missing_file_is_named(tmp_path: Path, name: str) -> None:
    write_small_bundle(tmp_path / "bundle")
    file = tmp_path / "bundle" / name

    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(ReleaseError, match=f"damaged: 1 of .*{name}"):
        verify_bundle(tmp_path / "bundle")

    file.unlink()
    with pytest.raises(ReleaseError, match=f"damaged: 1 of .*{name}"):
        verify_bundle(tmp_path / "bundle")


def test_a_folder_without_manifest_is_no_bundle(tmp_path: Path) -> None:
    write_small_bundle(tmp_path / "bundle")
    (tmp_path / "bundle" / "manifest.json").unlink()

    with pytest.raises(ReleaseError, match="no release bundle in"):
        open_bundle(tmp_path / "bundle")


def test_a_chunk_without_vector_makes_no_bundle(tmp_path: Path) -> None:
    chunks = in_row_order(chunk_rows({"a": ["one", "two"]}))

    with pytest.raises(ReleaseError, match="got 1 vectors and 2 chunks"):
        write_bundle(tmp_path / "bundle", manifest_of(chunks), chunks, np.zeros((1, 4), np.float32), tmp_path)
    assert not (tmp_path / "bundle").exists()


def test_large_weights_are_linked_not_copied(tmp_path: Path) -> None:
    (tmp_path / "embedder").mkdir()
    (tmp_path / "embedder" / "model.safetensors").write_bytes(b"w" * 1_000_000)

    write_small_bundle(tmp_path / "bundle")

    assert (tmp_path / "bundle" / "embedder" / "model.safetensors").stat().st_nlink == 2
    assert (tmp_path / "bundle" / "embedder" / "modules.json").stat().st_nlink == 1


def test_a_bundle_can_be_read_by_others_than_its_builder(tmp_path: Path) -> None:
    write_small_bundle(tmp_path / "bundle")

    private = [file.name for file in (tmp_path / "bundle").rglob("*") if file.is_file() and not file.stat().st_mode & 0o004]
    assert private == []
