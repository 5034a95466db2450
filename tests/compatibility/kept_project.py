"""A committed project, unpacked and with its registry made again: the state that an upgrade finds."""

import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragline.config.loader import load_settings
from ragline.config.settings import Settings
from ragline.contracts.names import embedder_name, retriever_name
from ragline.registry import releases as registry

if TYPE_CHECKING:
    from mlflow import MlflowClient

HERE = Path(__file__).resolve().parent
ARCHIVES = sorted(HERE.glob("project-*.tar.gz"))


def unpack(archive: Path, root: Path) -> Settings:
    """The settings of the project, unpacked into a new folder."""
    with tarfile.open(archive) as packed:
        packed.extractall(root, filter="data")
    return load_settings(root / "conf" / "pipelines" / "handbook.yaml")


def champion_folder(settings: Settings) -> Path:
    """The MLflow model folder of the release that serves."""
    (serving,) = [release for release in _described(settings)["releases"] if "champion" in release["aliases"]]
    return settings.root / serving["source"]


def restore_registry(client: "MlflowClient", settings: Settings) -> None:
    """Register the embedders and releases, under the numbers and with the tags and aliases that they had."""
    described = _described(settings)
    for name, versions in (
        (embedder_name(settings.pipeline), described["embedders"]),
        (retriever_name(settings.pipeline), described["releases"]),
    ):
        client.create_registered_model(name)
        for version in versions:
            source = str(settings.root / version["source"])
            created = client.create_model_version(name, source, tags=version["tags"])
            assert int(created.version) == version["version"]
            for alias in version.get("aliases", ()):
                registry.set_alias(client, settings, alias, version["version"])


def recorded_answers(settings: Settings) -> list[dict[str, Any]]:
    """What the champion answered when it was built, by question and mode."""
    answers: list[dict[str, Any]] = json.loads((settings.root / "answers.json").read_text(encoding="utf-8"))
    return answers


def _described(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    described: dict[str, list[dict[str, Any]]] = json.loads((settings.root / "registry.json").read_text(encoding="utf-8"))
    return described
