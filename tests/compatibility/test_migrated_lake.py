"""A kept lake after its migrations: the next incremental run makes the rows that it would have made without them."""

import json

import pytest

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DUPLICATES
from ragline.gates.job import gate
from ragline.ingest.job import Scope, ingest
from ragline.lake.lake import Lake
from ragline.preprocess.job import preprocess
from ragline.runtime import run as runtime
from ragline.runtime.run import execute
from tests.compatibility.kept_project import HERE, unpack

BEFORE_MIGRATIONS = HERE / "project-2026-11-27.tar.gz"
STORED_BEFORE = {DOCUMENT_STATE.name: "outcomes", CHUNK_STATE.name: "passages"}
STAGES = {
    "ingest": lambda run: ingest(run, Scope()),
    "gate": lambda run: gate(run, "documents"),
    "preprocess": lambda run: preprocess(run, documents_version=None, full_refresh=False),
}


def take_in_a_change(settings):
    """One document edited, one gone; what preprocess said and the rows that it left."""
    file = settings.root / "handbook.jsonl"
    records = [json.loads(line) for line in file.read_text().splitlines()]
    edited = [{**r, "text": r["text"] + "\nOn request.\n"} if r["id"] == "travel" else r for r in records if r["id"] != "keys"]
    file.write_text("".join(json.dumps(record) + "\n" for record in edited))
    manifests = [execute(job, settings, f"after-{job}", work) for job, work in STAGES.items()]
    assert [manifest.status for manifest in manifests] == ["done"] * 3, [manifest.message for manifest in manifests]
    lake = Lake(settings.lake.uri)
    tables = (CHUNKS, DOCUMENT_STATE, CHUNK_STATE, DUPLICATES)
    return manifests, [(lake.version(table), sorted(map(repr, lake.read(table).to_pylist()))) for table in tables]


@pytest.mark.spark
def test_an_incremental_run_gives_the_same_rows_with_and_without_the_migration(tmp_path, spark, monkeypatch):
    manifests, migrated = take_in_a_change(unpack(BEFORE_MIGRATIONS, tmp_path / "migrated"))
    assert manifests[0].facts["migrations"] == [
        "migration 1: table outcomes is now document_state",
        "migration 1: table passages is now chunk_state",
    ]
    assert "migrations" not in manifests[1].facts
    assert manifests[2].facts["full"] is False
    with monkeypatch.context() as patch:
        patch.setattr(runtime, "migrate", lambda lake, run_id: [])
        patch.setattr(Lake, "table_uri", lambda lake, table: f"{lake.uri}/{STORED_BEFORE.get(table.name, table.name)}")
        _, as_it_was = take_in_a_change(unpack(BEFORE_MIGRATIONS, tmp_path / "as it was"))
    assert migrated == as_it_was
