"""A reader may be older than the job whose manifest it reads."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.contracts.run_manifest import DatasetUse, RunManifest, read_run_manifest
from ragline.errors import LakeError

STORED: dict[str, Any] = {
    "job": "index",
    "pipeline": "handbook",
    "run_id": "r1",
    "status": "done",
    "started_at": "2026-11-27T04:00:00+00:00",
    "outputs": [{"name": "release", "version": 2, "rows": 5}],
    "counts": {"chunks": 5},
}
KNOWN = set(RunManifest.model_fields) | set(DatasetUse.model_fields)
additions = st.dictionaries(st.text().filter(lambda key: key not in KNOWN), st.none() | st.integers() | st.text(), max_size=3)


def read(stored: object) -> RunManifest:
    return read_run_manifest(json.dumps(stored).encode())


def test_a_manifest_without_a_format_is_of_the_first_one() -> None:
    manifest = read(STORED)
    assert (manifest.format, manifest.status, manifest.outputs[0].version) == (1, "done", 2)


def test_a_new_manifest_says_its_format_and_is_read_back() -> None:
    manifest = read(STORED)
    assert json.loads(manifest.model_dump_json())["format"] == 1
    assert read_run_manifest(manifest.model_dump_json().encode()) == manifest


@given(additions, additions)
def test_keys_that_a_newer_job_adds_are_ignored(above: dict[str, Any], below: dict[str, Any]) -> None:
    newer = {**STORED, "format": 9, **above, "outputs": [{**STORED["outputs"][0], **below}]}
    assert read(newer).model_dump(exclude={"format"}) == read(STORED).model_dump(exclude={"format"})


def test_a_status_unheard_of_counts_as_failed_and_is_told() -> None:
    manifest = read({**STORED, "status": "postponed", "message": "The cluster is full."})
    assert manifest.status == "failed"
    assert "'postponed'" in manifest.message
    assert manifest.message.endswith("The cluster is full.")


@pytest.mark.parametrize("content", [b"", b"[1]", b"null", b'{"job": "index"}', b'{"status": []}', b"\xff"])
def test_what_is_no_manifest_is_an_error_of_the_lake(content: bytes) -> None:
    with pytest.raises(LakeError, match="no run manifest"):
        read_run_manifest(content)
