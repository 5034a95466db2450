import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ragline.index import release_build
from ragline.index.model_folder import staging_folder
from ragline.lake.publications import last_published
from ragline.registry import releases as registry
from ragline.registry.registration import bundle_folder
from ragline.retrieval.bundle import open_bundle, verify_bundle
from tests.index.builds import WITHOUT_VPN, build, versions
from tests.project import Project
from tests.retrieval.examples import HANDBOOK, write_passages, write_vectors

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.retrieval.encoder import Encoder


def test_a_release_is_built_registered_and_published(filled: Project, client: "MlflowClient") -> None:
    manifest = build(filled)

    settings = filled.settings()
    release = registry.find_release(client, settings, "challenger")
    made = verify_bundle(bundle_folder(client, settings, release))
    published = last_published(filled.lake, "release")
    assert manifest.status == "done", manifest.message
    assert manifest.message == "Release 1 of handbook holds 5 chunks."
    assert manifest.counts == {"chunks": 5, "documents": 3}
    assert [(use.name, use.version, use.rows) for use in manifest.outputs] == [("release", 1, 5)]
    assert json.loads(release.tags["ragline.inputs"]) == made.inputs == {"documents": 0, "chunks": 0, "embeddings": 0}
    assert made.input_runs == {"documents": "ingest-first", "chunks": "preprocess-first", "embeddings": "embed-first"}
    assert made.run_id == "build"
    read = {(use.name, use.version, use.rows) for use in manifest.inputs}
    assert read == {("chunks", 0, 5), ("embeddings", 0, None), ("embedder", 1, None)}
    assert published is not None
    assert (published.version, dict(published.inputs)) == (1, made.inputs)
    assert not list(Path(settings.lake.uri, "_staging").iterdir())


def test_nothing_changed_makes_no_new_release_and_does_not_ask_mlflow(
    filled: Project, client: "MlflowClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    build(filled)
    monkeypatch.setitem(sys.modules, "ragline.index.release_build", None)

    manifest = build(filled)

    assert manifest.status == "nothing_to_do"
    assert "'ragline releases verify' says so, and 'ragline releases rebuild' makes it whole" in manifest.message
    assert versions(client, filled) == [1]


def test_nothing_to_do_is_not_said_of_a_release_whose_artifacts_are_lost(
    filled: Project, client: "MlflowClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    build(filled)
    source = Path(registry.find_release(client, filled.settings(), 1).source)
    source.rename(source.with_name("elsewhere"))
    monkeypatch.setattr("ragline.index.job._is_last_published", lambda *_: False)  # the lake alone does not know of artifacts

    manifest = build(filled)

    assert manifest.status == "failed"
    assert "'ragline releases rebuild 1'" in manifest.message


def test_changed_chunks_make_a_new_release_without_what_was_deleted(filled: Project, client: "MlflowClient") -> None:
    build(filled)
    write_passages(filled.lake, WITHOUT_VPN, name="second")

    manifest = build(filled)

    bundle = open_bundle(bundle_folder(client, filled.settings(), registry.find_release(client, filled.settings(), None)))
    assert manifest.counts == {"chunks": 4, "documents": 2}
    assert set(bundle.chunks()["doc_id"].to_pylist()) == {"coffee", "travel"}
    assert versions(client, filled) == [2, 1]


def test_vectors_that_come_to_stand_beside_make_no_new_release(
    filled: Project, client: "MlflowClient", minilm: "Encoder"
) -> None:
    build(filled)
    write_vectors(filled.lake, minilm, name="once more")

    assert build(filled).status == "nothing_to_do"
    assert versions(client, filled) == [1]


def test_changed_index_settings_make_a_new_release_and_changing_them_back_publishes_the_old_one(
    filled: Project, client: "MlflowClient"
) -> None:
    build(filled)
    build(filled, "index.lexical.stemmer=null")

    manifest = build(filled)

    published = last_published(filled.lake, "release")
    assert (manifest.status, manifest.facts["release"]) == ("done", 1)
    assert versions(client, filled) == [2, 1]
    assert published is not None
    assert published.version == 1


def test_chunks_without_vectors_are_counted(filled: Project, client: "MlflowClient") -> None:
    write_passages(filled.lake, {**HANDBOOK, "lunch": ["Soup is served at noon."]}, name="second")

    manifest = build(filled)

    assert manifest.status == "bad_input"
    assert manifest.message.startswith("1 of 6 chunks have no vector of the encoder")
    assert "run 'ragline embed', then 'ragline gate embeddings'" in manifest.message
    assert versions(client, filled) == []


def test_an_earlier_published_version_can_be_built(filled: Project, client: "MlflowClient") -> None:
    write_passages(filled.lake, WITHOUT_VPN, name="second")

    assert build(filled, chunks=0).counts["chunks"] == 5
    assert build(filled).counts["chunks"] == 4


def test_without_published_chunks_the_stage_to_run_is_named(project: Project) -> None:
    manifest = build(project)

    assert manifest.status == "bad_input"
    assert "No published table chunks" in manifest.message


@pytest.mark.parametrize(
    "at",
    [
        "ragline.retrieval.bundle_writer.build_lexical_index",
        "ragline.registry.registration._store_artifacts",
        "mlflow.MlflowClient.create_model_version",
        "ragline.index.release_build.set_alias",
        "ragline.index.release_build.publish",
    ],
)
def test_a_build_killed_anywhere_and_run_again_gives_one_release(
    filled: Project, client: "MlflowClient", monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(at, killed)
        patched.setattr("shutil.rmtree", lambda *_, **__: None)  # a killed process does not clean up
        with pytest.raises(KeyboardInterrupt):
            build(filled, run_id="killed")

    assert build(filled).status == "done"

    settings = filled.settings()
    published = last_published(filled.lake, "release")
    assert versions(client, filled) == [1]
    assert registry.find_release(client, settings, 1).aliases == ("challenger",)
    assert published is not None
    assert published.version == 1
    verify_bundle(bundle_folder(client, settings, registry.find_release(client, settings, 1)))
    assert len(list(Path(settings.tracking.artifacts).rglob("manifest.json"))) == 1


def test_two_builds_of_one_release_stage_apart(project: Project) -> None:
    settings = project.settings()
    with staging_folder(settings, "f" * 16) as one, staging_folder(settings, "f" * 16) as other:
        assert one != other
        one.mkdir()
        other.mkdir()
    assert not list(Path(settings.lake.uri, "_staging").iterdir())


def test_a_build_that_was_overtaken_by_one_of_newer_chunks_gets_no_number(
    filled: Project, client: "MlflowClient", minilm: "Encoder", monkeypatch: pytest.MonkeyPatch
) -> None:
    store = release_build.store_model

    def slowly(*args: Any) -> release_build.StoredModel:
        monkeypatch.setattr(release_build, "store_model", store)
        write_passages(filled.lake, WITHOUT_VPN, name="second")
        assert build(filled, run_id="fast").facts["release"] == 1
        return store(*args)

    monkeypatch.setattr(release_build, "store_model", slowly)
    manifest = build(filled, run_id="slow")

    assert manifest.status == "nothing_to_do"
    assert manifest.message == (
        "release 1 was published meanwhile, from version 1 of chunks: a release of version 0 would be older."
    )
    assert versions(client, filled) == [1]
    assert len(list(Path(filled.settings().tracking.artifacts).rglob("retriever"))) == 1
    newest = registry.find_release(client, filled.settings(), "challenger")
    assert json.loads(newest.tags["ragline.inputs"])["chunks"] == 1


def test_a_release_is_built_again_of_earlier_chunks_where_nothing_overtook_it(
    filled: Project, client: "MlflowClient", minilm: "Encoder"
) -> None:
    build(filled)
    write_passages(filled.lake, WITHOUT_VPN, name="second")
    build(filled)

    assert build(filled, chunks=0).facts["release"] == 1

    published = last_published(filled.lake, "release")
    assert published is not None
    assert published.version == 1
