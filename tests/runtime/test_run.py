"""How a run ends, and what it leaves behind."""

import json

import pytest

from ragline.contracts.run_manifest import run_manifest_uri
from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.errors import ConfigError, GateFailed, LakeError, NothingToDo
from ragline.lake.files import read_bytes
from ragline.runtime.lineage import read_events
from ragline.runtime.run import exit_code


def raising(error):
    def work(run):
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (NothingToDo("same as before"), 3, "nothing_to_do"),
        (GateFailed("3 rows"), 4, "gate_failed"),
        (ConfigError("bad key"), 2, "bad_input"),
        (LakeError("gone"), 1, "failed"),
        (ZeroDivisionError("division by zero"), 1, "failed"),
    ],
)
def test_every_way_to_end_has_its_exit_code_and_manifest(project, error, code, status):
    manifest = project.run("ingest", raising(error))
    assert (exit_code(manifest), manifest.status) == (code, status)
    assert str(error) in manifest.message
    kept = json.loads(read_bytes(run_manifest_uri(project.lake.uri, "ingest", "test")))
    assert kept["status"] == status


def test_a_run_tells_what_it_did(project):
    def work(run):
        with run.step("reading"):
            run.read(DOCUMENTS, 3, 10)
        run.count("chunks", 4)
        run.count("chunks")
        run.drop("empty", 2)
        run.wrote(CHUNKS, 1, 5)

    manifest = project.run("preprocess", work)
    assert exit_code(manifest) == 0
    assert manifest.counts == {"chunks": 5}
    assert manifest.drops == {"empty": 2}
    assert manifest.peak_memory_bytes > 10_000_000
    assert manifest.wall_seconds >= manifest.timings["reading"] >= 0


def test_a_run_is_an_openlineage_run_under_its_airflow_task(project, monkeypatch):
    parent = "3f5e83fa-3480-44ff-99c5-ff943904e5e8"
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", f"http://host:8080/x/handbook.preprocess_corpus.preprocess/{parent}")

    def work(run):
        run.read(DOCUMENTS, 3, 10)
        run.wrote(CHUNKS, 1, 5)

    project.run("preprocess", work)
    start, complete = read_events(project.lake.uri)
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert complete["job"]["name"] == "handbook.preprocess"
    assert complete["run"]["facets"]["parent"]["run"]["runId"] == parent
    assert complete["run"]["facets"]["parent"]["job"]["namespace"] == "http://host:8080/x"
    (read,), (wrote,) = complete["inputs"], complete["outputs"]
    assert (read["namespace"], read["name"]) == ("file", f"{project.lake.uri}/documents")
    assert read["facets"]["version"]["datasetVersion"] == "3"
    assert read["inputFacets"]["dataQualityMetrics"]["rowCount"] == 10
    assert {k: wrote["facets"]["schema"]["fields"][1][k] for k in ("name", "type")} == {"name": "doc_id", "type": "string"}
    assert wrote["outputFacets"]["outputStatistics"]["rowCount"] == 5


def test_a_failed_run_says_so_in_its_lineage(project):
    project.run("ingest", raising(LakeError("the disk is gone")))
    *_, last = read_events(project.lake.uri)
    assert last["eventType"] == "FAIL"
    assert last["run"]["facets"]["errorMessage"]["message"] == "the disk is gone"


def test_a_lake_that_cannot_be_written_fails_the_run(project):
    (project.root / "occupied").write_text("a file")
    manifest = project.run("ingest", lambda run: None, "lake.uri=occupied/lake")
    assert manifest.status == "failed"
    assert "occupied" in manifest.message
