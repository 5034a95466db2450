from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.settings import Settings
from ragline.errors import RegistryError, ReleaseError
from ragline.registry import releases as registry
from ragline.registry.registration import bundle_folder, register_release
from ragline.retrieval.bundle import open_bundle
from tests.project import Project
from tests.registry.registered import register
from tests.retrieval.examples import write_small_bundle

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture
def settings(project: Project) -> Settings:
    return project.settings()


def test_a_release_is_found_by_number_by_alias_or_as_the_newest(client: "MlflowClient", settings: Settings) -> None:
    first, second = register(client, settings, "a" * 16), register(client, settings, "b" * 16)
    registry.set_alias(client, settings, "champion", first)

    assert (first, second) == (1, 2)
    assert [release.version for release in registry.releases(client, settings)] == [2, 1]
    assert registry.find_release(client, settings, None).version == 2
    assert registry.find_release(client, settings, "champion").version == 1
    assert registry.find_release(client, settings, "2").version == 2
    champion = registry.champion(client, settings)
    assert champion is not None
    assert champion.aliases == ("champion",)
    assert champion.tags["ragline.release_fingerprint"] == "a" * 16


def test_a_release_that_is_not_there_is_named_with_those_that_are(client: "MlflowClient", settings: Settings) -> None:
    with pytest.raises(RegistryError, match=r"handbook\.retriever has no release yet: run 'ragline index'"):
        registry.find_release(client, settings, "champion")

    register(client, settings, "a" * 16)
    registry.set_alias(client, settings, "challenger", 1)

    with pytest.raises(RegistryError, match=r"no release 'champion'; there is release 1, aliases: challenger \(1\)\. Promote"):
        registry.find_release(client, settings, "champion")
    with pytest.raises(RegistryError, match="no release '7'"):
        registry.find_release(client, settings, 7)


def test_the_bundle_is_where_the_artifacts_are(client: "MlflowClient", settings: Settings) -> None:
    register(client, settings, "a" * 16)

    release = registry.find_release(client, settings, 1)
    folder = bundle_folder(client, settings, release)

    assert Path(settings.tracking.artifacts) in folder.parents
    assert open_bundle(folder).manifest.fingerprint == "a" * 16


def test_registering_the_same_release_twice_gives_one(client: "MlflowClient", settings: Settings, tmp_path: Path) -> None:
    register(client, settings, "a" * 16)
    manifest = write_small_bundle(tmp_path / "again" / "bundle", fingerprint="a" * 16)

    assert register_release(client, settings, tmp_path / "again", manifest).version == 1
    assert len(registry.releases(client, settings)) == 1


def test_artifacts_that_are_gone_are_said_to_be(client: "MlflowClient", settings: Settings) -> None:
    register(client, settings, "a" * 16)
    release = registry.find_release(client, settings, 1)
    Path(release.source).rename(Path(release.source).with_name("elsewhere"))

    with pytest.raises(ReleaseError, match="artifacts of release 1 of handbook.retriever are not at"):
        bundle_folder(client, settings, release)


def test_artifacts_kept_elsewhere_are_fetched_once(
    client: "MlflowClient", settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(client, settings, "a" * 16)
    release = registry.find_release(client, settings, 1)
    monkeypatch.setattr("ragline.registry.registration.local_path", lambda uri: None)

    fetched = bundle_folder(client, settings, release)
    modified = fetched.stat().st_mtime_ns

    assert settings.root in fetched.parents
    assert open_bundle(fetched).manifest.fingerprint == "a" * 16
    assert bundle_folder(client, settings, release).stat().st_mtime_ns == modified
