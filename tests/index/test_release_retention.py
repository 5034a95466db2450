"""Releases expire, and those that stay lose deleted documents once these have passed their deadline."""

import json
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import AUDIT
from ragline.errors import ExpiredRelease, LakeError, RaglineError, ReleaseError
from ragline.evaluate.job import evaluate
from ragline.index.rebuild import rebuild_release
from ragline.index.release_retention import retain_releases
from ragline.lake.kept_releases import expired_releases, kept_releases, last_built, pinned_versions
from ragline.lake.publications import RELEASE, Publication, publish
from ragline.promote.job import promote
from ragline.registry import releases as registry
from ragline.registry.registration import bundle_folder
from ragline.registry.searchers import open_searcher
from ragline.retrieval.bundle import open_bundle, verify_bundle
from ragline.retrieval.vectors.flat import FlatIndex
from tests.index.builds import WITHOUT_VPN, build
from tests.project import Project
from tests.registry.registered import judge, register
from tests.retrieval.examples import HANDBOOK, write_passages

if TYPE_CHECKING:
    from mlflow import MlflowClient

AT_ONCE = ("retention.deleted=0", "retention.release_days=0")


@pytest.fixture
def settings(project: Project) -> Settings:
    return project.settings()


@pytest.fixture
def served(project: Project, client: "MlflowClient", settings: Settings) -> Project:
    """Releases 1 (previous), 2 (champion) and 3 (challenger, judged against 2), all of the same three documents."""
    write_passages(project.lake, HANDBOOK)
    for number, (letter, alias) in enumerate(zip("abc", ("previous", "champion", "challenger"), strict=True), start=1):
        assert released(project, client, letter) == number
        judge(client, settings, number, "not_worse", against=str(number - 1 or ""), metrics={"nDCG@10": 0.9})
        registry.set_alias(client, settings, alias, number)
    return project


def released(project: Project, client: "MlflowClient", letter: str) -> int:
    number = register(client, project.settings(), letter * 16)
    inputs = {"documents": 0, "chunks": 0, "embeddings": 0}
    publish(project.lake, Publication(RELEASE, number, f"r{number}", "", "config", inputs, {"embedder_version": 1}))
    return number


def delete_vpn(project: Project) -> None:
    write_passages(project.lake, WITHOUT_VPN, name="without vpn")


def retain(project: Project, *overrides: str, dry_run: bool = False, run_id: str = "maintain") -> RunManifest:
    def work(run: Any) -> None:
        run.manifest.facts["left"] = retain_releases(run, dry_run=dry_run)

    return project.run("maintain", work, *(overrides or AT_ONCE), run_id=run_id)


def aliases(client: "MlflowClient", settings: Settings) -> dict[str, int]:
    return {alias: release.version for release in registry.releases(client, settings) for alias in release.aliases}


def folder_of(client: "MlflowClient", settings: Settings, number: int) -> Path:
    return Path(registry.find_release(client, settings, number).source)


def test_every_release_that_serves_or_may_is_replaced_by_one_without_the_deleted_document(
    served: Project, client: "MlflowClient", settings: Settings
) -> None:
    old = folder_of(client, settings, 2) / "bundle"
    chunks, vectors = open_bundle(old).chunks().to_pylist(), np.array(FlatIndex.read_vectors(old / "index.faiss"))
    stays = [row["doc_id"] != "vpn" for row in chunks]
    delete_vpn(served)

    manifest = retain(served)

    assert (manifest.status, manifest.facts["left"]) == ("done", [])
    assert manifest.counts["releases redacted"] == 3
    assert aliases(client, settings) == {"previous": 4, "champion": 5, "challenger": 6}
    new = folder_of(client, settings, 5) / "bundle"
    made = verify_bundle(new)
    assert (made.left_out, made.redacted_from, made.counts) == (["vpn"], 2, {"chunks": 4, "documents": 2})
    assert open_bundle(new).chunks().to_pylist() == [row for row, stay in zip(chunks, stays, strict=True) if stay]
    bits = FlatIndex.read_vectors(new / "index.faiss").view(np.uint32)
    assert np.array_equal(bits, vectors[stays].view(np.uint32))
    assert open_bundle(new).lexical().search("private network payroll", 5) == ([], [])
    assert not old.exists()
    tags = registry.find_release(client, settings, 5).tags
    assert (tags["ragline.redacted_from"], tags["ragline.verdict"], json.loads(tags["ragline.metrics"])) == (
        "2",
        "not_worse",
        {"nDCG@10": 0.9},
    )
    # What was compared with the champion counts as compared with its redacted build.
    assert registry.find_release(client, settings, 6).tags["ragline.verdict.champion"] == "5"
    audited = [(row["action"], row["subject"]) for row in served.lake.read(AUDIT).sort_by("seq").to_pylist()]
    assert audited == [("redact", f"handbook.retriever/{number}") for number in (4, 5, 6)]


def test_a_redacted_release_pins_the_same_versions_and_counts_as_the_one_built_last(
    served: Project, client: "MlflowClient", settings: Settings
) -> None:
    delete_vpn(served)
    retain(served)

    assert pinned_versions(served.lake) == {"documents": {0}, "chunks": {0}, "embeddings": {0}}
    assert [publication.version for publication in kept_releases(served.lake)] == [4, 5, 6]
    last = last_built(served.lake)
    assert last is not None
    assert (last.version, last.gate_result["embedder_version"]) == (6, 1)
    assert registry.find_release(client, settings, None).version == 6
    again = retain(served)
    assert (again.counts, aliases(client, settings)) == ({}, {"previous": 4, "champion": 5, "challenger": 6})


def test_the_newest_release_is_not_the_one_that_was_redacted_last(
    served: Project, client: "MlflowClient", settings: Settings
) -> None:
    delete_vpn(served)
    staged = Path(settings.lake.uri) / "_staging" / "d"
    from ragline.registry.registration import register_release
    from tests.retrieval.examples import write_small_bundle

    manifest = write_small_bundle(staged / "bundle", WITHOUT_VPN, fingerprint="d" * 16)
    newest = register_release(client, settings, staged, manifest.model_copy(update={"inputs": {"documents": 1, "chunks": 1}}))

    retain(served)

    assert registry.releases(client, settings)[0].version == 7
    assert registry.find_release(client, settings, None).version == newest.version == 4


def test_what_has_not_passed_its_deadline_stays(served: Project, client: "MlflowClient", settings: Settings) -> None:
    delete_vpn(served)
    manifest = retain(served, "retention.deleted=1")
    assert (manifest.counts, aliases(client, settings)) == ({}, {"previous": 1, "champion": 2, "challenger": 3})
    for number in (1, 2, 3):
        verify_bundle(folder_of(client, settings, number) / "bundle")


def test_a_release_without_an_alias_that_holds_the_document_expires(
    served: Project, client: "MlflowClient", settings: Settings
) -> None:
    registry.delete_alias(client, settings, "previous")
    delete_vpn(served)
    manifest = retain(served)
    assert manifest.counts == {"releases redacted": 2, "releases expired": 1, "bundles of expired releases removed": 1}
    assert not folder_of(client, settings, 1).exists()
    assert expired_releases(served.lake)[1].replaced_by is None


def test_a_second_deletion_redacts_the_redacted_release_once_more(
    served: Project, client: "MlflowClient", settings: Settings
) -> None:
    delete_vpn(served)
    retain(served)
    for file in Path(served.lake.uri, "chunks").glob("*.parquet"):
        file.unlink()  # its bundle alone says now what a redacted release holds
    write_passages(served.lake, {"coffee": HANDBOOK["coffee"]}, name="coffee alone")

    retain(served, run_id="again")

    assert aliases(client, settings) == {"previous": 7, "champion": 8, "challenger": 9}
    made = verify_bundle(folder_of(client, settings, 8) / "bundle")
    assert (made.left_out, made.redacted_from, made.counts["documents"]) == (["travel", "vpn"], 5, 1)


def test_old_releases_expire_and_those_with_an_alias_the_last_and_the_young_stay(
    served: Project, client: "MlflowClient", settings: Settings
) -> None:
    for letter in "def":
        released(served, client, letter)
    registry.delete_alias(client, settings, "previous")
    registry.delete_alias(client, settings, "challenger")

    # The example's releases say that they were built in January.
    assert retain(served, "retention.releases=2", "retention.release_days=100000").counts == {}
    manifest = retain(served, "retention.releases=2")

    assert manifest.counts["releases expired"] == 3
    assert sorted(expired_releases(served.lake)) == [1, 3, 4]
    assert [number for number in range(1, 7) if folder_of(client, settings, number).exists()] == [2, 5, 6]
    assert [release.version for release in registry.releases(client, settings)] == [6, 5, 4, 3, 2, 1]
    assert expired_releases(served.lake)[4].reason == "it is older than 30 days and not among the last 2 releases"
    assert pinned_versions(served.lake) == {"documents": {0}, "chunks": {0}, "embeddings": {0}}


def test_a_release_that_nobody_finds_in_the_registry_pins_nothing_any_more(served: Project, client: "MlflowClient") -> None:
    client.delete_registered_model_alias("handbook.retriever", "previous")
    client.delete_model_version("handbook.retriever", "1")
    retain(served, "retention.releases=1")
    assert expired_releases(served.lake)[1].reason == "it is not registered in MLflow any more"


def test_another_registry_than_that_of_the_releases_expires_none(served: Project, client: "MlflowClient") -> None:
    """``tracking.uri`` was set wrong, and the registry there knows releases of a pipeline of the same name."""
    for alias in ("previous", "champion", "challenger"):
        client.delete_registered_model_alias("handbook.retriever", alias)
    for number in ("2", "3"):
        client.delete_model_version("handbook.retriever", number)
    retain(served, "retention.releases=1", "retention.release_days=100000")
    assert expired_releases(served.lake) == {}


@pytest.mark.parametrize(("error", "expires"), [(LakeError("out of reach"), False), (ReleaseError("damaged"), True)])
def test_only_damage_lets_a_release_expire_that_cannot_be_looked_through(
    served: Project, client: "MlflowClient", monkeypatch: pytest.MonkeyPatch, error: RaglineError, expires: bool
) -> None:
    client.delete_registered_model_alias("handbook.retriever", "previous")
    delete_vpn(served)

    def fail(*_: object) -> frozenset[str]:
        raise error

    monkeypatch.setattr("ragline.index.retention_steps.held_documents", fail)
    manifest = retain(served, "retention.deleted=0", "retention.release_days=100000")
    assert (1 in expired_releases(served.lake)) is expires
    assert len(manifest.facts["left"]) == 3 - expires


def test_an_expired_release_says_so_wherever_it_is_asked_for(served: Project, client: "MlflowClient", settings: Settings) -> None:
    delete_vpn(served)
    retain(served)
    said = (
        "Release 2 of handbook.retriever expired on .*: it held a document whose deletion had passed its deadline. Its bundle is "
        "removed, and the table versions that it was built from are no longer kept for it: use release 5, which took its place"
    )

    with pytest.raises(ExpiredRelease, match=said):
        open_searcher(settings, "2")
    with pytest.raises(ExpiredRelease, match=said):
        registry.set_alias(client, settings, "champion", 2)
    registry.set_tags(client, settings, 2, {"ragline.verdict": "not_worse", "ragline.verdict.champion": "5"})
    for work in (
        lambda run: rebuild_release(run, release="2"),
        lambda run: evaluate(run, release="2", judgments=None, run_file=None),
        lambda run: promote(run, release="2", approved_by="ada"),
    ):
        manifest = served.run("job", work)
        assert manifest.status == "failed"
        assert "expired on" in manifest.message
        assert "use release 5, which took its place" in manifest.message


def test_an_expired_release_is_built_anew_under_a_number_of_its_own(
    filled: Project, client: "MlflowClient", settings: Settings
) -> None:
    build(filled)
    build(filled, "index.lexical.stemmer=null")
    registry.delete_alias(client, settings, "challenger")
    retain(filled, *AT_ONCE, "retention.releases=1")
    assert sorted(expired_releases(filled.lake)) == [1]

    manifest = build(filled)

    assert manifest.facts["release"] == 3
    assert not folder_of(client, settings, 1).exists()
    verify_bundle(folder_of(client, settings, 3) / "bundle")


def test_a_build_of_an_older_version_leaves_out_what_has_passed_its_deadline(filled: Project, client: "MlflowClient") -> None:
    delete_vpn(filled)
    manifest = filled_build(filled)
    made = open_bundle(folder_of(client, filled.settings(), 1) / "bundle")
    assert manifest.counts == {"chunks": 4, "documents": 2}
    assert made.manifest.left_out == ["vpn"]
    assert "vpn" not in made.chunks()["doc_id"].to_pylist()


def filled_build(project: Project) -> RunManifest:
    return build(project, "retention.deleted=0", chunks=0)


def test_a_damaged_champion_is_redacted_from_its_tables_and_stays_with_a_word_where_these_are_gone_too(
    filled: Project, client: "MlflowClient", settings: Settings
) -> None:
    build(filled)
    registry.set_alias(client, settings, "champion", 1)
    (folder_of(client, settings, 1) / "bundle" / "index.faiss").write_bytes(b"broken")
    delete_vpn(filled)
    parts = list(Path(filled.lake.uri, "embeddings").glob("*.parquet"))
    hidden = [part.rename(part.with_suffix(".away")) for part in parts]

    (left,) = retain(filled).facts["left"]

    assert "Release 1 could not be looked through" in left
    assert "ragline releases rebuild 1" in left
    assert aliases(client, settings)["champion"] == 1

    for part in hidden:
        part.rename(part.with_suffix(".parquet"))
    assert retain(filled, run_id="again").facts["left"] == []
    assert aliases(client, settings)["champion"] == 2
    assert open_bundle(folder_of(client, settings, 2) / "bundle").chunks().num_rows == 4


def test_a_dry_run_says_what_would_go_and_changes_nothing(served: Project, client: "MlflowClient", settings: Settings) -> None:
    registry.delete_alias(client, settings, "previous")
    delete_vpn(served)
    manifest = retain(served, dry_run=True)
    assert manifest.facts["releases"] == [
        "release 2 (champion) would be built again without a document",
        "release 3 (challenger) would be built again without a document",
        "release 1 would expire: it held a document whose deletion had passed its deadline",
    ]
    assert expired_releases(served.lake) == {}
    assert len(registry.releases(client, settings)) == 3


@pytest.mark.parametrize(
    ("at", "call"),
    [
        ("ragline.index.redaction.write_release", 2),
        ("ragline.registry.registration._store_artifacts", 1),
        ("mlflow.MlflowClient.create_model_version", 2),
        ("ragline.index.redaction.publish", 1),
        ("ragline.index.redaction.registry.set_tags", 1),
        ("mlflow.MlflowClient.set_registered_model_alias", 2),
        ("ragline.index.redaction.audit", 1),
        ("ragline.index.redaction.expire", 2),
        ("ragline.registry.expiry.expiry_tag", 1),
        ("ragline.registry.expiry.remove_artifacts", 2),
        ("ragline.registry.expiry.registry.delete_tag", 1),
    ],
)
def test_a_redaction_killed_anywhere_is_completed_by_the_next_run(
    served: Project, client: "MlflowClient", settings: Settings, monkeypatch: pytest.MonkeyPatch, at: str, call: int
) -> None:
    delete_vpn(served)
    with monkeypatch.context() as patched:
        kill_at(patched, at, call)
        with pytest.raises(KeyboardInterrupt):
            retain(served, run_id="killed")

    monkeypatch.setattr("ragline.registry.artifact_runs._is_gone", lambda process: True)  # the killed process
    assert retain(served, run_id="next").facts["left"] == []

    now = aliases(client, settings)
    found = {alias: registry.find_release(client, settings, number) for alias, number in now.items()}
    assert {alias: release.tags["ragline.redacted_from"] for alias, release in found.items()} == {
        "previous": "1",
        "champion": "2",
        "challenger": "3",
    }
    assert {release.tags["ragline.verdict"] for release in found.values()} == {"not_worse"}
    assert len(registry.releases(client, settings)) == 6
    assert {number: gone.replaced_by for number, gone in expired_releases(served.lake).items()} == {
        1: now["previous"],
        2: now["champion"],
        3: now["challenger"],
    }
    assert [publication.version for publication in kept_releases(served.lake)] == sorted(now.values())
    assert len([row for row in served.lake.read(AUDIT).to_pylist() if row["action"] == "redact"]) == 3
    for release in found.values():
        assert verify_bundle(bundle_folder(client, settings, release)).left_out == ["vpn"]
    assert len(list(Path(settings.tracking.artifacts).rglob("manifest.json"))) == 3
    assert retain(served, run_id="last").counts == {}


def kill_at(patched: pytest.MonkeyPatch, at: str, call: int) -> None:
    """End the process, as far as can be told from here, at the n-th call of a function."""
    holder, _, name = at.rpartition(".")
    module = pkgutil.resolve_name(holder)
    original, calls = getattr(module, name), []

    def killed(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        if len(calls) == call:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    patched.setattr(module, name, killed)
