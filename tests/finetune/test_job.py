"""Training as a job: when it runs, what it starts from, and that evaluation's queries stay out of it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.fingerprints import base_model_fingerprint
from ragline.config.models import model_fingerprint
from ragline.contracts.fingerprints import text_hash
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import DOCUMENTS, TRAINING_PAIRS
from ragline.embed.job import embed
from ragline.finetune.job import finetune
from ragline.lake.commits import Commit
from ragline.lake.publications import last_published
from ragline.registry.embedders import choose_embedder
from tests.evaluate.handbook import HANDBOOK, document_of, write_handbook
from tests.project import Project
from tests.retrieval.examples import table_of

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.retrieval.encoder import Encoder


def pair(query: str, document: str) -> dict[str, object]:
    """A pair of a query and the passage of a document of the handbook."""
    positive = HANDBOOK[document][1]
    place = {"doc_id": document_of(document), "text_hash": text_hash(positive), "content_hash": ""}
    return {"pair_id": query, "query": query, "positive": positive, "weight": 1.0, "provenance": "{}", **place}


def write_pairs(project: Project, *pairs: dict[str, object], name: str = "first") -> None:
    project.lake.append(TRAINING_PAIRS, table_of(TRAINING_PAIRS, pairs), Commit(f"pairs-{name}", name, {"feedback": 0}))


@pytest.fixture
def filled(project: Project, minilm: "Encoder", client: "MlflowClient") -> Project:
    """The handbook, published, and three pairs, one of which evaluation asks."""
    write_handbook(project.lake, HANDBOOK, minilm, "first")
    asked = HANDBOOK["coffee"][0].upper()
    write_pairs(
        project,
        pair("descale coffee maker", "coffee"),
        pair("payroll at home", "vpn"),
        pair(asked, "coffee"),
    )
    return project


def run_finetune(project: Project, *overrides: str, force: bool = False) -> RunManifest:
    return project.run("finetune", partial(finetune, force=force), "embedding.device=cpu", *overrides)


def test_too_few_pairs_say_how_many_there_are_and_how_many_it_takes(filled: Project) -> None:
    manifest = run_finetune(filled)
    assert manifest.status == "nothing_to_do"
    assert "3 new training pairs; 50" in manifest.message


def test_enough_pairs_make_an_embedder_without_the_queries_that_evaluation_asks(filled: Project, client: "MlflowClient") -> None:
    manifest = run_finetune(filled, "feedback.min_new_pairs=3")
    assert manifest.status == "done", manifest.message
    assert manifest.counts["feedback_pairs"] == 2
    assert manifest.drops["asked_by_evaluation"] == 1
    settings = filled.settings()
    made = choose_embedder(client, settings, 2)
    base = base_model_fingerprint(settings)
    assert manifest.facts["embedder_version"] == 2
    assert manifest.facts["pairs"] == 2
    assert made.base_fingerprint == base
    assert made.fingerprint == model_fingerprint(made.folder) != base
    assert choose_embedder(client, settings).version == 1  # until a release with it serves


def test_pairs_trained_on_once_start_no_second_training(filled: Project) -> None:
    run_finetune(filled, "feedback.min_new_pairs=3")
    assert run_finetune(filled, "feedback.min_new_pairs=3").status == "nothing_to_do"
    write_pairs(filled, pair("hotel invoice", "travel"), name="second")
    manifest = run_finetune(filled, "feedback.min_new_pairs=1")
    assert manifest.status == "done", manifest.message
    published = last_published(filled.lake, "embedder")
    assert published is not None
    assert published.version == 3


def test_the_new_embedder_embeds_the_corpus_anew(filled: Project) -> None:
    run_finetune(filled, force=True)
    manifest = filled.run("embed", partial(embed, chunks_version=None, embedder_version=2), "embedding.device=cpu")
    assert manifest.status == "done", manifest.message
    assert (manifest.counts["texts"], manifest.counts["reused"]) == (4, 0)


def test_pairs_of_a_document_that_was_deleted_since_are_not_trained_on(filled: Project) -> None:
    deletion = {"doc_id": document_of("vpn"), "deleted": True}
    filled.lake.append(DOCUMENTS, table_of(DOCUMENTS, [deletion]), Commit("deletion", "ingest"))
    manifest = run_finetune(filled, force=True)
    assert manifest.status == "done", manifest.message
    assert (manifest.counts["feedback_pairs"], manifest.drops["passage_gone"]) == (1, 1)
    (read,) = [use for use in manifest.inputs if use.name == "chunks"]
    assert read.rows == 3


def test_nothing_to_train_on_is_said(project: Project, minilm: "Encoder", client: "MlflowClient") -> None:
    write_handbook(project.lake, HANDBOOK, minilm, "first")
    manifest = run_finetune(project, force=True)
    assert manifest.status == "nothing_to_do"
    assert "nothing to train on" in manifest.message
    assert not Path(project.settings().tracking.artifacts).exists()
