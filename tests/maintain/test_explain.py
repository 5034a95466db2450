"""What is said to be held of a document, while it is there, after its deletion, and after its deadline."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.contracts.tables import CHUNKS
from ragline.errors import ConfigError
from ragline.index.release_retention import retain_releases
from ragline.lake.publications import RELEASE, Publication, publish
from ragline.maintain.explain import explain
from ragline.maintain.job import maintain
from ragline.registry import releases as registry
from ragline.registry.tracking import experiment_id
from ragline.registry.trained_on import log_trained_on
from tests.commands.command_line import printed_by_part
from tests.project import Project
from tests.registry.registered import register
from tests.retrieval.examples import HANDBOOK, write_passages

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture
def served(project: Project, client: "MlflowClient") -> Project:
    """A release serves that holds the documents of the small handbook, and an embedder was trained on one of them."""
    settings = project.settings()
    write_passages(project.lake, HANDBOOK)
    register(client, settings, "a" * 16)
    publish(project.lake, Publication(RELEASE, 1, "r", inputs={"documents": 0, "chunks": 0, "embeddings": 0}))
    registry.set_alias(client, settings, "champion", 1)
    run = client.create_run(experiment_id(client, settings)).info.run_id
    log_trained_on(client, run, ["pair"], ["vpn"])
    client.create_registered_model("handbook.embedder")
    client.create_model_version("handbook.embedder", "nowhere", run_id=run, tags={"ragline.origin": "fine-tuned"})
    return project


def where(project: Project, document: str, *overrides: str) -> dict[str, str]:
    return {place["where"]: place["goes"] for place in explain(project.settings(*overrides), document)["places"]}


def delete_vpn(project: Project) -> None:
    write_passages(project.lake, {doc: texts for doc, texts in HANDBOOK.items() if doc != "vpn"}, name="second")


def test_every_place_of_a_document_that_is_there_is_listed(served: Project) -> None:
    assert set(where(served, "vpn")) == {"table documents, version 0", "table chunks, version 0", "release 1", "embedder 1"}
    assert where(served, "vpn")["release 1"].startswith("it is not deleted")
    assert "embedder 1" not in where(served, "coffee")


def test_events_about_it_that_lie_in_the_landing_folder_are_listed(served: Project) -> None:
    landing = Path(served.settings().feedback.landing)
    landing.mkdir(parents=True)
    chunks = served.lake.read(CHUNKS, columns=["chunk_id", "doc_id"]).to_pylist()
    named = next(row["chunk_id"] for row in chunks if row["doc_id"] == "vpn")
    (landing / "monday.jsonl").write_text(json.dumps({"query": "tunnel", "clicked": [named]}) + "\n")
    (landing / "tuesday.jsonl").write_text(json.dumps({"query": "tunnel", "clicked": ["another"]}) + "\n")
    (place,) = [place for place in explain(served.settings(), "vpn")["places"] if place["where"] == "feedback.landing"]
    assert place["what"] == "1 files (monday.jsonl)"
    assert "feedback.landing" not in where(served, "coffee")


def test_after_a_deletion_each_place_says_when_it_goes(served: Project) -> None:
    delete_vpn(served)
    found = where(served, "vpn")
    assert found["release 1"].startswith("with the first 'ragline maintain' after 20")
    assert found["table chunks, version 0"] == found["release 1"]
    assert found["table tombstones"] == "when no kept release is older and nothing else of it is left"
    assert found["embedder 1"] == "never"
    assert where(served, "vpn", "retention.deleted=0")["release 1"] == "with the next 'ragline maintain'"
    why = {place["where"]: place["why"] for place in explain(served.settings(), "vpn")["places"]}
    assert why["table chunks, version 0"] == "release 1 was built from it"
    assert why["release 1"] == "it is champion"


def test_after_the_deadline_only_what_was_learned_is_left(served: Project) -> None:
    delete_vpn(served)

    def work(run):
        assert retain_releases(run) == []
        maintain(run, retention_hours=0)

    manifest = served.run("maintain", work, "retention.deleted=0")
    assert manifest.status == "done", manifest.message
    assert set(where(served, "vpn", "retention.deleted=0")) <= {"embedder 1", "table tombstones"}
    assert "embedder 1" in where(served, "vpn")


def test_what_nobody_knows_is_said_to_be_unknown(served: Project) -> None:
    with pytest.raises(ConfigError, match="Nothing is held of a document 'nobody'"):
        explain(served.settings(), "nobody")


def test_the_command_prints_places_and_what_was_not_looked_at(served: Project) -> None:
    printed = printed_by_part(served, "retention", "explain", "vpn")
    assert "Document vpn, not deleted: 4 places hold something of it." in printed
    assert "release 1" in printed
    assert "What a model has learned stays." in " ".join(printed.split())
    listed = json.loads(printed_by_part(served, "retention", "explain", "vpn", "--json"))
    assert [place["where"] for place in listed["places"]][-1] == "embedder 1"
