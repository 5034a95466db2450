"""What the events of a run say."""

import json
import sys
from typing import Any

import pytest

from ragline.config.loader import load_settings
from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS, TABLES
from ragline.errors import LakeError
from ragline.runtime.column_lineage import COLUMN_ORIGINS
from ragline.runtime.engine import note_spark
from ragline.runtime.lineage import Assertion, ExternalInput, read_events
from ragline.runtime.lineage_datasets import used_dataset
from ragline.runtime.lineage_walk import DatasetVersion, walk_back
from ragline.runtime.run import Run, execute
from tests.project import Project
from tests.runtime.openlineage_spec import problems

PARENT = "http://host:8080/x/handbook.preprocess_corpus.preprocess/3f5e83fa-3480-44ff-99c5-ff943904e5e8"
ROOT = "http://host:8080/x/handbook.preprocess_corpus/0190a5f2-3480-74ff-99c5-ff943904e5e8"


def whole_line(project: Project, *overrides: str) -> list[dict[str, Any]]:
    """The events of a line, each stage reading and writing what it does."""

    def ingest(run: Run) -> None:
        run.lineage.external_inputs.append(ExternalInput("postgresql://wiki:s3cr3t@db.example", "wiki.public.pages"))
        run.lineage.external_inputs.append(ExternalInput("git", "https://s3cr3t@git.example/a.git@main"))
        run.wrote(DOCUMENTS, 0, 3)

    def gate(run: Run) -> None:
        run.read(DOCUMENTS, 0, 3)
        run.lineage.assertions["documents"] = [Assertion("expect_column_values_to_be_unique", True, "doc_id")]

    def preprocess(run: Run) -> None:
        note_spark("4.3.0")
        run.read(DOCUMENTS, 0, 3)
        run.wrote(CHUNKS, 0, 5)

    def embed(run: Run) -> None:
        run.read(CHUNKS, 0)
        run.read("embedder", 1)
        run.wrote(EMBEDDINGS, 0, 5)

    def index(run: Run) -> None:
        run.read(CHUNKS, 0, 5)
        run.read(EMBEDDINGS, 0)
        run.wrote("release", 1, 5)

    def fail(run: Run) -> None:
        raise LakeError("cannot reach postgresql://ragline:s3cr3t@db/mlflow")

    settings = load_settings(project.config, overrides)
    for job, part, work in (
        ("ingest", "", ingest),
        ("gate", "documents", gate),
        ("preprocess", "", preprocess),
        ("embed", "", embed),
        ("index", "", index),
        ("promote", "", fail),
    ):
        execute(job, settings, f"{job}-1", work, part)
    return read_events(settings.lake.uri)


def ended(events: list[dict[str, Any]], job: str) -> dict[str, Any]:
    (found,) = [event for event in events if event["job"]["name"] == f"handbook.{job}" and event["eventType"] != "START"]
    return found


def test_every_event_of_a_line_is_as_the_specification_has_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", PARENT)
    monkeypatch.setenv("OPENLINEAGE_ROOT_PARENT_ID", ROOT)

    events = whole_line(project)

    assert len(events) == 12
    assert [problem for event in events for problem in problems(event)] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"eventType": "DONE"},
        {"run": {"runId": "7", "facets": {}}},
        {"inputs": [{"namespace": "file", "name": "/a", "facets": {}, "outputFacets": {}}]},
        {"run": {"runId": "3f5e83fa-3480-44ff-99c5-ff943904e5e8", "facets": {"x": {"_schemaURL": "https://x/y.json#/$defs/Y"}}}},
    ],
)
def test_the_check_of_events_finds_what_is_wrong(project: Project, broken: dict[str, Any]) -> None:
    event = whole_line(project)[0]

    assert problems({**event, **broken})


def test_a_wrong_facet_is_found(project: Project) -> None:
    event = ended(whole_line(project), "preprocess")
    event["run"]["facets"]["processing_engine"]["version"] = 4
    event["outputs"][0]["facets"]["columnLineage"]["fields"]["text"]["inputFields"][0].pop("field")

    assert len(problems(event)) >= 2


def test_nothing_secret_is_sent_or_stored(project: Project) -> None:
    project.configure(tracking={"uri": "postgresql+psycopg2://ragline:s3cr3t@db:5432/mlflow"})

    events = whole_line(project)

    assert "s3cr3t" not in json.dumps(events)
    written = [file for file in project.root.rglob("*.json") if "s3cr3t" in file.read_text()]
    assert written == []
    assert ended(events, "promote")["run"]["facets"]["errorMessage"]["message"] == (
        "cannot reach postgresql://ragline:***@db/mlflow"
    )
    release = ended(events, "index")["outputs"][0]
    assert (release["namespace"], release["name"]) == ("postgres://db:5432", "mlflow.handbook.retriever")


def test_sources_are_named_by_what_they_are(project: Project) -> None:
    inputs = ended(whole_line(project), "ingest")["inputs"]

    assert [(item["namespace"], item["name"]) for item in inputs] == [
        ("postgres://db.example:5432", "wiki.public.pages"),
        ("git", "https://***@git.example/a.git@main"),
    ]


def test_each_gate_is_a_job_of_its_own(project: Project) -> None:
    names = {event["job"]["name"] for event in whole_line(project)}

    assert "handbook.gate_documents" in names
    assert "handbook.gate" not in names


def test_the_engine_is_the_one_that_worked(project: Project) -> None:
    events = whole_line(project)
    engines = {job: ended(events, job)["run"]["facets"]["processing_engine"] for job in ("ingest", "preprocess", "embed")}

    python = sys.version.split()[0]
    assert {job: (engine["name"], engine["version"]) for job, engine in engines.items()} == {
        "ingest": ("python", python),
        "preprocess": ("spark", "4.3.0"),
        "embed": ("python", python),
    }


def test_a_run_names_its_task_and_the_dag_run_above(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", PARENT)
    monkeypatch.setenv("OPENLINEAGE_ROOT_PARENT_ID", ROOT)

    for event in whole_line(project):
        parent = event["run"]["facets"]["parent"]
        assert parent["job"] == {
            **parent["job"],
            "namespace": "http://host:8080/x",
            "name": "handbook.preprocess_corpus.preprocess",
        }
        assert parent["root"]["job"]["name"] == "handbook.preprocess_corpus"
        assert parent["root"]["run"]["runId"] == "0190a5f2-3480-74ff-99c5-ff943904e5e8"


@pytest.mark.parametrize("nonsense", ["", "a", "a/b/c", "//3f5e83fa-3480-44ff-99c5-ff943904e5e8"])
def test_a_parent_that_is_none_is_left_out(project: Project, monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", nonsense)

    assert all("parent" not in event["run"]["facets"] for event in whole_line(project))


def test_columns_say_where_they_come_from(project: Project) -> None:
    events = whole_line(project)
    chunks = ended(events, "preprocess")["outputs"][0]["facets"]["columnLineage"]["fields"]
    vectors = ended(events, "embed")["outputs"][0]["facets"]["columnLineage"]["fields"]
    lake = project.lake.uri

    (text,) = chunks["text"]["inputFields"]
    assert (text["namespace"], text["name"], text["field"]) == ("file", f"{lake}/documents", "text")
    assert text["transformations"][0]["subtype"] == "TRANSFORMATION"
    assert chunks["tenant"]["inputFields"][0]["transformations"][0]["subtype"] == "IDENTITY"
    assert {field["field"] for field in vectors["vector"]["inputFields"]} == {"text", "heading_path", "title"}


def test_the_origins_of_columns_name_columns_that_there_are() -> None:
    for table, columns in COLUMN_ORIGINS.items():
        assert set(columns) <= set(TABLES[table].schema.names)
        for origin in (origin for origins in columns.values() for origin in origins):
            assert origin.column in TABLES[origin.table].schema.names


def test_a_release_is_walked_back_through_events_of_both_kinds_of_names(project: Project) -> None:
    """Events of before named datasets by the whole URI of the lake or the registry."""
    events = whole_line(project)
    settings = project.settings()
    older = json.loads(json.dumps(events))
    for event in older:
        for item in (*event["inputs"], *event["outputs"]):
            if item["name"].startswith(f"{settings.lake.uri}/"):
                item["namespace"], item["name"] = settings.lake.uri, item["name"].rpartition("/")[2]
            elif item["name"].endswith((".retriever", ".embedder")):
                item["namespace"], item["name"] = settings.tracking.uri, item["name"].rpartition("/")[2]
    named = used_dataset(settings, "release")
    release = DatasetVersion(named.namespace, named.name, "1")
    mixed = [*older[:6], *events[6:]]

    for told in (events, older, mixed):
        origin = walk_back(told, release)
        assert origin.job == "handbook.index"
        by_name = {item.dataset.name.rpartition("/")[2]: item for item in origin.inputs}
        assert by_name["chunks"].job == "handbook.preprocess"
        assert by_name["chunks"].inputs[0].job == "handbook.ingest"
