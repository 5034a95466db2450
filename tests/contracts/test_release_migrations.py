import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.contracts.release_migrations import RELEASE_FORMAT, migrate

FORMAT_1: dict[str, Any] = {
    "pipeline": "handbook",
    "fingerprint": "718afbd9ac095b33",
    "lake_uri": "/lake",
    "inputs": {"documents": 2, "chunks": 2, "embeddings": 1},
    "embedder": {
        "name": "handbook.embedder",
        "version": 1,
        "fingerprint": "78849277304612d9",
        "dimension": 16,
        "base_fingerprint": "0123456789abcdef",
    },
    "index": {
        "lexical": {"stemmer": "en"},
        "fusion": {"rrf_k": 60, "candidates": 100},
        "prompts": ["query: ", "passage: "],
    },
    "heading_prefix": True,
    "counts": {"chunks": 10, "documents": 7},
    "run_id": "line-2-6-index",
    "ragline_version": "0.1.0",
    "created_at": "2026-11-27T04:17:49+00:00",
    "files": {},
}
FORMAT_2: dict[str, Any] = {
    "format": 2,
    "pipeline": "handbook",
    "fingerprint": "718afbd9ac095b33",
    "lake_uri": "/lake",
    "inputs": {"documents": 2, "chunks": 2, "embeddings": 1},
    "embedder": {"name": "handbook.embedder", "version": 1, "base_fingerprint": "0123456789abcdef"},
    "spec": {
        "vectors": {"kind": "flat", "parameters": {}},
        "lexical": {"analyser": 1, "stemmer": "en"},
        "fusion": {"method": "reciprocal_rank", "rrf_k": 60, "candidates": 100},
        "encoder": {
            "fingerprint": "78849277304612d9",
            "dimension": 16,
            "query_prompt": "query: ",
            "document_prompt": "passage: ",
        },
        "chunk_text": {"heading_prefix": True},
    },
    "counts": {"chunks": 10, "documents": 7},
    "run_id": "line-2-6-index",
    "ragline_version": "0.1.0",
    "created_at": "2026-11-27T04:17:49+00:00",
    "files": {},
}
json_values = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner, max_size=2))


def test_format_1_becomes_format_2() -> None:
    given_manifest = copy.deepcopy(FORMAT_1)
    assert migrate(given_manifest) == FORMAT_2
    assert given_manifest == FORMAT_1


@given(st.dictionaries(st.text().filter(lambda key: key not in FORMAT_1 and key not in FORMAT_2), json_values, max_size=3))
def test_a_migrated_manifest_is_left_as_it_is_with_all_that_was_added_to_it(added: dict[str, Any]) -> None:
    once = migrate({**FORMAT_1, **added})
    assert once == {**FORMAT_2, **added}
    assert migrate(once) == once


@pytest.mark.parametrize("number", [0, -1, "2", None, True, 1.5])
def test_what_is_no_format_is_refused(number: object) -> None:
    with pytest.raises(ValueError, match="its format is"):
        migrate({**FORMAT_2, "format": number})


def test_today_is_format_2() -> None:
    assert FORMAT_2["format"] == RELEASE_FORMAT
