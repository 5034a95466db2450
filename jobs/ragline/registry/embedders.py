"""Register the embedding models of a pipeline and choose among them.

A model is a folder in sentence-transformers format; it becomes a version of the MLflow registered model
``<pipeline>.embedder``. A version is registered after its last file is stored, so every registered version is complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ragline.config.fingerprints import base_model_fingerprint
from ragline.config.models import model_fingerprint, resolve_model
from ragline.config.settings import Settings
from ragline.contracts.names import embedder_name
from ragline.contracts.path_names import path_name
from ragline.errors import RegistryError
from ragline.registry.artifact_runs import discard_run, start_run
from ragline.registry.fetched import fetch_once
from ragline.registry.lock import registry_lock
from ragline.registry.release_tags import EMBEDDER_VERSION
from ragline.registry.releases import champion
from ragline.retrieval.encoder import encoder_fingerprint, load_encoder

MODEL_FINGERPRINT = "ragline.model_fingerprint"
BASE_FINGERPRINT = "ragline.base_fingerprint"
DIMENSION = "ragline.dimension"
BUILD_RUN = "ragline.run_id"
_ARTIFACT = "embedder"


@dataclass(frozen=True)
class Embedder:
    """A registered embedding model, with its files in the local folder ``folder``.

    ``fingerprint`` identifies the model together with the pipeline's prompts: vectors of equal fingerprints may be compared.
    ``base_fingerprint`` identifies the model that it was fine-tuned from; it is the model's own if it was not fine-tuned.
    """

    name: str
    version: int
    folder: Path
    fingerprint: str
    base_fingerprint: str
    dimension: int


def choose_embedder(client: MlflowClient, settings: Settings, version: int | None = None) -> Embedder:
    """Choose the embedder of a run.

    It is the version asked for. Without one it is the champion's, if that is the configured model or was fine-tuned from it;
    else the configured model, which is registered first where it is not yet.

    Raises:
        RegistryError: there is no such version, or its files are missing or changed.
        ConfigError: the configured model does not exist.
    """
    if version is not None:
        return _opened(settings, _entry(client, settings, version))
    base = base_model_fingerprint(settings)
    serving = champion(client, settings)
    if serving and (chosen := serving.tags.get(EMBEDDER_VERSION)):
        entry = _entry(client, settings, int(chosen))
        if entry.tags.get(BASE_FINGERPRINT) == base:
            return _opened(settings, entry)
    folder = resolve_model(settings.embedding.model, settings.root)
    return register_embedder(client, settings, folder, base_fingerprint=base, run_id="", tags={"ragline.origin": "configured"})


def register_embedder(
    client: MlflowClient, settings: Settings, folder: Path, *, base_fingerprint: str, run_id: str, tags: Mapping[str, str]
) -> Embedder:
    """Store the model in ``folder`` and register it as the next version. A model that is registered already is not stored again.

    ``run_id`` is the MLflow run that stores the model among its artifacts; for "" a new run is created.
    """
    fingerprint = model_fingerprint(folder)
    if known := _registered(client, settings, fingerprint, base_fingerprint):
        return _opened(settings, known)
    described = {
        **tags,
        MODEL_FINGERPRINT: fingerprint,
        BASE_FINGERPRINT: base_fingerprint,
        DIMENSION: str(load_encoder(folder, device="cpu").dimension),
    }
    mlflow_run = run_id or start_run(client, settings, "embedder", "embedder", described)
    client.log_artifacts(mlflow_run, str(folder), _ARTIFACT)
    with registry_lock(settings) as lock:
        known = _registered(client, settings, fingerprint, base_fingerprint)  # by another run that was faster
        if known is None:
            lock.check()
            entry = _register(client, settings, mlflow_run, described)
    if known is not None and not run_id:
        discard_run(client, mlflow_run, _ARTIFACT)
    elif not run_id:
        client.set_terminated(mlflow_run)
    return _opened(settings, entry if known is None else known)


def _registered(client: MlflowClient, settings: Settings, fingerprint: str, base_fingerprint: str) -> Any:
    """The registered version of this very model, or None."""
    wanted = (fingerprint, base_fingerprint)
    entries = registered_embedders(client, settings)
    return next((e for e in entries if (e.tags.get(MODEL_FINGERPRINT), e.tags.get(BASE_FINGERPRINT)) == wanted), None)


def registered_embedders(client: MlflowClient, settings: Settings) -> list[Any]:
    """List the MLflow model versions of the pipeline's embedder, oldest first."""
    name = embedder_name(settings.pipeline)
    found = client.search_model_versions(f"name='{name}'", max_results=10_000)
    return sorted(found, key=lambda entry: int(entry.version))


def _register(client: MlflowClient, settings: Settings, mlflow_run: str, tags: Mapping[str, str]) -> Any:
    name = embedder_name(settings.pipeline)
    try:
        client.create_registered_model(name, tags={"ragline.pipeline": settings.pipeline})
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise RegistryError(f"MLflow cannot register {name}: {error.message}") from error
    artifacts = client.get_run(mlflow_run).info.artifact_uri
    return client.create_model_version(name, f"{artifacts}/{_ARTIFACT}", run_id=mlflow_run, tags=dict(tags))


def _entry(client: MlflowClient, settings: Settings, version: int) -> Any:
    entries = registered_embedders(client, settings)
    for entry in entries:
        if int(entry.version) == version:
            return entry
    there = ", ".join(str(entry.version) for entry in entries) or "none"
    raise RegistryError(f"{embedder_name(settings.pipeline)} has no version {version}; versions there are: {there}.")


def _opened(settings: Settings, entry: Any) -> Embedder:
    folder = _local_folder(settings, entry)
    return Embedder(
        name=str(entry.name),
        version=int(entry.version),
        folder=folder,
        fingerprint=encoder_fingerprint(folder, settings.embedding.query_prompt, settings.embedding.document_prompt),
        base_fingerprint=entry.tags[BASE_FINGERPRINT],
        dimension=int(entry.tags[DIMENSION]),
    )


def _local_folder(settings: Settings, entry: Any) -> Path:
    """Get the local folder of a version's files, and check by their fingerprint that they are what was registered.

    Files of a local store are used where they are; those of a remote one are downloaded once.
    """
    source = str(entry.source).removeprefix("file://")
    remote = "://" in source
    folder = fetch_once(str(entry.source), _fetched(settings, entry), settings.tracking.uri) if remote else Path(source)
    problem = "are not there"
    if (folder / "modules.json").is_file():
        if model_fingerprint(folder) == entry.tags.get(MODEL_FINGERPRINT):
            return folder
        problem = "have changed since"
    raise RegistryError(
        f"The files of {entry.name} version {entry.version} {problem}: {source}. Restore them, or delete that version."
    )


def _fetched(settings: Settings, entry: Any) -> Path:
    name = path_name(f"{entry.name}-{entry.version}-{entry.tags.get(MODEL_FINGERPRINT)}", "The name of an embedder's files")
    return settings.root / ".ragline" / "embedders" / name
