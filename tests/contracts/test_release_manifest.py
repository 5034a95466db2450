import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.contracts.release_manifest import ReleaseManifest, read_release_manifest
from ragline.contracts.release_spec import (
    ChunkTextSpec,
    EncoderSpec,
    FusionSpec,
    LexicalIndexSpec,
    ReleaseSpec,
    VectorIndexSpec,
)
from ragline.errors import ReleaseError
from tests.contracts.test_release_migrations import FORMAT_1, FORMAT_2

unknown_key = st.text(min_size=1).map(lambda text: f"later {text}")
additions = st.dictionaries(unknown_key, st.none() | st.integers() | st.text(), max_size=2)
specs = st.builds(
    ReleaseSpec,
    vectors=st.builds(
        VectorIndexSpec, kind=st.text(), parameters=st.dictionaries(st.text(), st.booleans() | st.integers() | st.text())
    ),
    lexical=st.builds(LexicalIndexSpec, analyser=st.integers(), stemmer=st.none() | st.text()),
    fusion=st.builds(FusionSpec, method=st.text(), rrf_k=st.integers(), candidates=st.integers()),
    encoder=st.builds(
        EncoderSpec, fingerprint=st.text(), dimension=st.integers(), query_prompt=st.text(), document_prompt=st.text()
    ),
    chunk_text=st.builds(ChunkTextSpec, heading_prefix=st.booleans()),
)


def read(stored: object) -> ReleaseManifest:
    return read_release_manifest(json.dumps(stored).encode())


def test_both_formats_of_one_release_are_one_manifest() -> None:
    assert read(FORMAT_1) == read(FORMAT_2)
    assert read(FORMAT_1).spec.encoder.query_prompt == "query: "


def test_a_manifest_says_its_format_and_is_read_back() -> None:
    manifest = read(FORMAT_2)
    assert json.loads(manifest.model_dump_json())["format"] == 2
    assert read_release_manifest(manifest.model_dump_json().encode()) == manifest


@given(specs)
def test_every_specification_is_read_back_as_it_was_written(spec: ReleaseSpec) -> None:
    assert ReleaseSpec.model_validate_json(spec.model_dump_json()) == spec


@given(additions, additions, additions)
def test_keys_added_within_the_format_are_ignored(top: dict[str, Any], spec: dict[str, Any], part: dict[str, Any]) -> None:
    stored = FORMAT_2["spec"]
    added = {**FORMAT_2, **top, "spec": {**stored, **spec, "fusion": {**stored["fusion"], **part}}}
    assert read(added) == read(FORMAT_2)


def test_a_newer_format_is_refused_and_says_which_ragline_reads_it() -> None:
    with pytest.raises(ReleaseError, match=r"has format 3; this is Ragline .* formats up to 2\. Use Ragline 4\.2\.0,"):
        read({"format": 3, "ragline_version": "4.2.0", "everything": "else is another"})


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b'{"format": "x"}', b'{"format": 2}', b"\xff"])
def test_a_damaged_manifest_is_an_error_of_the_release(content: bytes) -> None:
    with pytest.raises(ReleaseError, match="manifest is damaged"):
        read_release_manifest(content)
