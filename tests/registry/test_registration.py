"""Builds and downloads of the same release at the same moment, and what killed ones leave."""

import os
import signal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import mlflow.artifacts
import pytest

from ragline.config.loader import load_settings
from ragline.config.settings import Settings
from ragline.registry import embedders, fetched, registration
from ragline.registry import releases as registry
from ragline.registry.embedders import register_embedder, registered_embedders
from ragline.registry.fetched import fetch_once
from ragline.registry.registration import bundle_folder
from ragline.registry.tracking import connect, experiment_id
from ragline.retrieval.bundle import verify_bundle
from tests.project import Project
from tests.registry.registered import register
from tests.together import meet, together

if TYPE_CHECKING:
    from mlflow import MlflowClient

FINGERPRINT = "a" * 16


@pytest.fixture
def settings(project: Project) -> Settings:
    return project.settings()


def register_at_once(config: Path, staged: str) -> int:
    """Register a release; wait for the other process when the artifacts are stored."""
    store = registration._store_artifacts

    def stored_together(*args: Any) -> str:
        source = store(*args)
        meet()
        return source

    registration._store_artifacts = stored_together
    settings = load_settings(config)
    return register(connect(settings), settings, FINGERPRINT, staged=staged)


def killed_before_registering(config: Path) -> None:
    registration.register_stored = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    settings = load_settings(config)
    register(connect(settings), settings, FINGERPRINT)


def register_embedder_at_once(config: Path, folder: Path) -> int:
    """Register a model; wait for the other process when its files are stored."""
    settings = load_settings(config)
    client = connect(settings)
    log_artifacts = client.log_artifacts

    def logged_together(*args: Any) -> None:
        log_artifacts(*args)
        meet()

    client.log_artifacts = logged_together  # type: ignore[method-assign]
    # What is registered is a folder; a model that computes would take ten seconds to load.
    embedders.load_encoder = lambda *_, **__: SimpleNamespace(dimension=4)
    return register_embedder(client, settings, folder, base_fingerprint="base", run_id="", tags={}).version


def fetch_at_once(source: str, target: Path) -> list[str]:
    """Download, and wait for the other process between the download and the move to its place."""
    download = mlflow.artifacts.download_artifacts

    def downloaded_together(**kwargs: Any) -> str:
        found = download(**kwargs)
        meet()
        return found

    fetched.mlflow.artifacts.download_artifacts = downloaded_together
    return sorted(file.name for file in fetch_once(source, target, "").iterdir())


def open_experiment(config: Path) -> str:
    settings = load_settings(config)
    client = connect(settings)
    found = client.get_experiment_by_name

    def looked_up_together(name: str) -> Any:
        result = found(name)
        if result is None:
            meet()
        return result

    client.get_experiment_by_name = looked_up_together  # type: ignore[method-assign]
    return experiment_id(client, settings)


def stored_folders(settings: Settings) -> list[Path]:
    return sorted(Path(settings.tracking.artifacts).rglob(registration.ARTIFACT))


def test_two_builds_of_one_release_register_it_once_and_whole(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    ended = together(partial(register_at_once, project.config, "one"), partial(register_at_once, project.config, "two"))

    assert ended == [1, 1]
    (release,) = registry.releases(client, settings)
    verify_bundle(bundle_folder(client, settings, release))
    assert stored_folders(settings) == [Path(release.source)]


def test_what_a_killed_build_stored_is_removed_by_the_next(client: "MlflowClient", settings: Settings, project: Project) -> None:
    together(partial(killed_before_registering, project.config))
    assert len(stored_folders(settings)) == 1

    register(client, settings, "b" * 16)

    (release,) = registry.releases(client, settings)
    assert stored_folders(settings) == [Path(release.source)]
    open_runs = client.search_runs([experiment_id(client, settings)], "attributes.status = 'RUNNING'")
    assert open_runs == []


def test_two_first_uses_of_a_model_register_one_embedder(client: "MlflowClient", settings: Settings, project: Project) -> None:
    folder = project.root / "model"
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    work = partial(register_embedder_at_once, project.config, folder)

    assert together(work, work) == [1, 1]

    assert len(registered_embedders(client, settings)) == 1
    assert len(list(Path(settings.tracking.artifacts).rglob("modules.json"))) == 1


def test_two_downloads_to_one_place_both_end_with_the_files(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "a.txt").write_text("a")
    work = partial(fetch_at_once, f"file://{tmp_path}/store", tmp_path / "cache" / "release")

    assert together(work, work) == [["a.txt"], ["a.txt"]]

    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == ["release"]


@pytest.mark.usefixtures("client")
def test_two_first_runs_of_a_pipeline_share_its_experiment(project: Project) -> None:
    work = partial(open_experiment, project.config)

    first, second = together(work, work)

    assert first == second
    assert str(first).isdecimal()
