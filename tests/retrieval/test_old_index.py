"""Where a library reads its own old index no more, the release answers from its chunks and vectors."""

import logging
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
import tantivy

from ragline.errors import ReleaseError
from ragline.retrieval.bundle import open_bundle
from tests.retrieval.examples import write_small_bundle


class Refusing:
    """Stands for a class of a library that reads an older file no more."""

    @staticmethod
    def open(path: str) -> Any:
        raise ValueError(f"Index version mismatch in {path}")


def refuse(*_: Any) -> Any:
    raise RuntimeError("Index type not recognized")


def test_the_vector_index_is_built_again_from_its_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_small_bundle(tmp_path / "bundle")
    bundle, queries = open_bundle(tmp_path / "bundle"), np.eye(4, dtype=np.float32)
    scores, rows = bundle.vectors().search(queries, 5)
    monkeypatch.setattr(faiss, "read_index", refuse)

    with caplog.at_level(logging.WARNING):
        again = bundle.vectors().search(queries, 5)

    assert (again[0].tolist(), again[1].tolist()) == (scores.tolist(), rows.tolist())
    assert "Index type not recognized" in caplog.text
    assert "made again from the release's chunks and vectors" in caplog.text


def test_the_lexical_index_is_built_again_from_the_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_small_bundle(tmp_path / "bundle")
    bundle = open_bundle(tmp_path / "bundle")
    before = bundle.lexical().search("hotel bills of the travel desk", 5)

    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
        patched.setattr(tantivy.Index, "open", Refusing.open)
        rebuilt = bundle.lexical()

    assert before[0]
    assert rebuilt.search("hotel bills of the travel desk", 5) == before
    assert "version mismatch" in caplog.text


@pytest.mark.parametrize("part", ["index.faiss", "lexical/meta.json"])
def test_a_damaged_index_is_refused_not_built_again(tmp_path: Path, part: str) -> None:
    write_small_bundle(tmp_path / "bundle")
    (tmp_path / "bundle" / part).write_bytes(b"not what was built")
    bundle = open_bundle(tmp_path / "bundle")

    with pytest.raises(ReleaseError, match=f"damaged: .*{part}"):
        bundle.vectors() if part == "index.faiss" else bundle.lexical()
