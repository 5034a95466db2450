"""A bundle that was damaged or lost is made again: the same chunks, vectors, and hits."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import AUDIT
from ragline.index.rebuild import rebuild_release
from ragline.registry import releases as registry
from ragline.registry.registration import bundle_folder
from ragline.registry.searchers import open_searcher
from ragline.retrieval.bundle import open_bundle, verify_bundle
from ragline.retrieval.vectors.flat import FlatIndex
from tests.index.builds import build
from tests.project import Project
from tests.retrieval.examples import HANDBOOK, write_passages, write_vectors

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.retrieval.encoder import Encoder

QUERIES = ("when is the espresso machine descaled?", "who pays for a hotel", "private network")


def rebuild(project: Project, release: str = "1", *overrides: str, run_id: str = "rebuild") -> RunManifest:
    return project.run("rebuild", lambda run: rebuild_release(run, release=release), *overrides, run_id=run_id)


def hits(project: Project) -> list[list[tuple[str, str, float]]]:
    searcher = open_searcher(project.settings(), "1")
    return [
        [(hit.chunk_id, hit.text, hit.score) for hit in found]
        for mode in ("dense", "lexical", "fused")
        for found in searcher.search(QUERIES, 5, mode)
    ]


def stored(client: "MlflowClient", project: Project) -> Path:
    return Path(registry.find_release(client, project.settings(), 1).source)


def lose_all(source: Path) -> None:
    shutil.rmtree(source)


def lose_manifest(source: Path) -> None:
    (source / "bundle" / "manifest.json").unlink()


def cut_index(source: Path) -> None:
    index = source / "bundle" / "index.faiss"
    index.write_bytes(index.read_bytes()[:-7])


def lose_model_file(source: Path) -> None:
    (source / "MLmodel").unlink()


def lose_lexical(source: Path) -> None:
    shutil.rmtree(source / "bundle" / "lexical")


def test_a_damaged_release_is_made_again_from_its_pinned_tables(
    filled: Project, client: "MlflowClient", minilm: "Encoder"
) -> None:
    build(filled)
    before, source = hits(filled), stored(client, filled)
    built = open_bundle(source / "bundle")
    chunks, vectors = built.chunks().to_pylist(), np.array(FlatIndex.read_vectors(source / "bundle" / "index.faiss"))
    # What was published since is not what the release was built from, nor are the settings of today.
    write_passages(filled.lake, {**HANDBOOK, "lunch": ["Soup is served at noon."]}, name="second")
    write_vectors(filled.lake, minilm, name="second")

    for damage in (lose_all, lose_manifest, cut_index, lose_model_file, lose_lexical):
        damage(source)

        manifest = rebuild(filled, "1", "index.lexical.stemmer=null", run_id=damage.__name__)

        assert manifest.status == "done", manifest.message
        made = verify_bundle(source / "bundle")
        assert (made.inputs, made.spec, made.run_id) == (built.manifest.inputs, built.manifest.spec, "build")
        assert open_bundle(source / "bundle").chunks().to_pylist() == chunks
        bits = FlatIndex.read_vectors(source / "bundle" / "index.faiss").view(np.uint32)
        assert np.array_equal(bits, vectors.view(np.uint32))
        assert {"chunks.arrow", "index.faiss", "embedder"} <= set(manifest.facts["equal"])
        assert "Byte for byte as before: chunks.arrow, embedder, index.faiss" in manifest.message
        assert [path.name for path in source.parent.iterdir()] == [source.name]
    assert hits(filled) == before
    audited = filled.lake.read(AUDIT).to_pylist()
    assert {(row["action"], row["subject"]) for row in audited} == {("rebuild", "handbook.retriever/1")}


def test_a_whole_release_is_left_alone(filled: Project) -> None:
    build(filled)
    manifest = rebuild(filled, "challenger")
    assert (manifest.status, manifest.message) == (
        "nothing_to_do",
        "the bundle of release 1 is whole: every file is as it was built.",
    )


def test_another_bundle_in_its_place_is_replaced(filled: Project, client: "MlflowClient") -> None:
    build(filled)
    build(filled, "index.lexical.stemmer=null")
    other = Path(registry.find_release(client, filled.settings(), 2).source)
    source = stored(client, filled)
    shutil.rmtree(source)
    shutil.copytree(other, source)
    assert rebuild(filled).status == "done"
    assert verify_bundle(source / "bundle").spec.lexical.stemmer == "en"


def test_a_release_of_a_version_that_kept_no_manifest_is_rebuilt_by_the_settings_it_was_built_with(
    filled: Project, client: "MlflowClient"
) -> None:
    build(filled)
    before, source = hits(filled), stored(client, filled)
    registry.delete_tag(client, filled.settings(), 1, "ragline.manifest")
    lose_all(source)

    refused = rebuild(filled, "1", "index.lexical.stemmer=null")
    assert refused.status == "failed"
    assert "the settings have changed since it was built" in refused.message
    assert "ragline index --chunks-version 0" in refused.message

    manifest = rebuild(filled)
    assert manifest.status == "done", manifest.message
    assert "No checksums of before are known." in manifest.message
    assert hits(filled) == before


def test_tables_that_are_gone_are_said_to_be(filled: Project, client: "MlflowClient") -> None:
    build(filled)
    lose_all(stored(client, filled))
    for file in Path(filled.lake.uri, "chunks").glob("*.parquet"):
        file.unlink()
    manifest = rebuild(filled)
    assert manifest.status == "failed"
    assert "Release 1 cannot be built again: the versions that it was built from cannot be read" in manifest.message
    assert "Restore" in manifest.message


def test_a_rebuild_killed_anywhere_and_run_again_is_complete(
    filled: Project, client: "MlflowClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    build(filled)
    source = stored(client, filled)
    for at in (
        "ragline.index.model_folder.write_bundle",
        "shutil.move",
        "pathlib.Path.rename",
        "ragline.registry.artifacts._remove_leftovers",
        "ragline.index.rebuild.manifest_tag",
        "ragline.index.rebuild.audit",
    ):
        cut_index(source)
        with monkeypatch.context() as patched:
            patched.setattr(at, killed)
            with pytest.raises(KeyboardInterrupt):
                rebuild(filled, run_id="killed")

        assert rebuild(filled).status in ("done", "nothing_to_do"), at

        made = verify_bundle(source / "bundle")
        assert registry.find_release(client, filled.settings(), 1).tags["ragline.manifest"] == made.model_dump_json()


def test_a_remote_store_gets_the_whole_bundle_and_the_fetched_copy_is_forgotten(
    filled: Project, client: "MlflowClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    build(filled)
    before, source = hits(filled), stored(client, filled)
    for module in ("registration", "artifacts", "stored_manifest"):
        monkeypatch.setattr(f"ragline.registry.{module}.local_path", lambda uri: None)
    fetched = bundle_folder(client, filled.settings(), registry.find_release(client, filled.settings(), 1))
    cut_index(source)
    assert verify_bundle(fetched)  # the copy alone is whole: what others fetch is not

    manifest = rebuild(filled)

    assert manifest.status == "done", manifest.message
    verify_bundle(source / "bundle")
    assert hits(filled) == before
