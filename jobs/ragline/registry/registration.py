"""From a complete model folder to a registered release, and back to a folder on this machine.

A version is registered only once its artifacts are in place. A run that was killed in between leaves an MLflow run
tagged with the release's fingerprint; the next attempt takes that run over and replaces what is in it.
"""

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.settings import Settings
from ragline.contracts.names import retriever_name
from ragline.contracts.release_manifest import ReleaseManifest
from ragline.errors import ReleaseError
from ragline.registry import releases as registry
from ragline.registry.pyfunc_model import BUNDLE
from ragline.registry.releases import ReleaseVersion
from ragline.registry.tracking import experiment_id

if TYPE_CHECKING:
    from mlflow import MlflowClient

ARTIFACT = "retriever"


def register_release(client: "MlflowClient", settings: Settings, model_folder: Path, manifest: ReleaseManifest) -> ReleaseVersion:
    """Move a model folder to where MLflow keeps artifacts and register it as a new release.

    A release with the same fingerprint that is registered already is returned as it is.
    """
    if known := registry.with_fingerprint(client, settings, manifest.fingerprint):
        return known
    run_id = _mlflow_run(client, settings, manifest)
    source = _place(client, run_id, model_folder)
    _ensure_registered_model(client, retriever_name(settings.pipeline))
    created = client.create_model_version(retriever_name(settings.pipeline), source=source, run_id=run_id, tags=_tags(manifest))
    client.set_terminated(run_id)
    return registry.find_release(client, settings, int(created.version))


def _tags(manifest: ReleaseManifest) -> dict[str, str]:
    return {
        registry.RELEASE_FINGERPRINT: manifest.fingerprint,
        registry.INPUTS: json.dumps(manifest.inputs, sort_keys=True),
        registry.COUNTS: json.dumps(manifest.counts, sort_keys=True),
        registry.BUILD_RUN: manifest.run_id,
        registry.CREATED_AT: manifest.created_at,
        registry.EMBEDDER_VERSION: str(manifest.embedder.version),
        registry.EMBEDDER_FINGERPRINT: manifest.spec.encoder.fingerprint,
    }


def _mlflow_run(client: "MlflowClient", settings: Settings, manifest: ReleaseManifest) -> str:
    """The run that holds the release's artifacts: one left behind by a killed attempt, or a new one."""
    experiment = experiment_id(client, settings)
    left_behind = client.search_runs([experiment], f"tags.`{registry.RELEASE_FINGERPRINT}` = '{manifest.fingerprint}'")
    if left_behind:
        return str(left_behind[0].info.run_id)
    tags = {registry.RELEASE_FINGERPRINT: manifest.fingerprint, registry.BUILD_RUN: manifest.run_id}
    return str(client.create_run(experiment, run_name=f"index {manifest.run_id}", tags=tags).info.run_id)


def _place(client: "MlflowClient", run_id: str, model_folder: Path) -> str:
    """Put the folder among the run's artifacts, replacing leftovers; return its URI."""
    root = str(client.get_run(run_id).info.artifact_uri).rstrip("/")
    if (local := local_path(root)) is None:
        client.log_artifacts(run_id, str(model_folder), ARTIFACT)
        return f"{root}/{ARTIFACT}"
    local.mkdir(parents=True, exist_ok=True)
    target = local / ARTIFACT
    if target.exists():
        shutil.rmtree(target)
    try:
        os.rename(model_folder, target)
    except OSError:  # staged on another file system
        shutil.copytree(model_folder, target)
    return str(target)


def _ensure_registered_model(client: "MlflowClient", name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def local_path(uri: str) -> Path | None:
    """The folder that an artifact URI names on this machine, or None if it is elsewhere."""
    if uri.startswith("file://"):
        return Path(uri.removeprefix("file://"))
    return None if "://" in uri or uri.startswith("mlflow-artifacts:") else Path(uri)


def bundle_folder(client: "MlflowClient", settings: Settings, release: ReleaseVersion) -> Path:
    """The release's bundle as a folder on this machine; fetched once where the artifacts are elsewhere.

    Raises:
        ReleaseError: its artifacts are gone.
    """
    folder = local_path(release.source) or _fetched(client, settings, release)
    if not (folder / BUNDLE).is_dir():
        raise ReleaseError(
            f"The artifacts of release {release.version} of {retriever_name(settings.pipeline)} are not at {release.source}: "
            "restore them, or build the release again with 'ragline index'."
        )
    return folder / BUNDLE


def _fetched(client: "MlflowClient", settings: Settings, release: ReleaseVersion) -> Path:
    import mlflow.artifacts

    cache = settings.root / ".ragline" / "fetched"
    target = cache / f"{retriever_name(settings.pipeline)}-{release.version}-{release.tags[registry.RELEASE_FINGERPRINT]}"
    if not target.is_dir():
        incoming = cache / f".{target.name}.{os.getpid()}"
        incoming.mkdir(parents=True, exist_ok=True)
        fetched = mlflow.artifacts.download_artifacts(
            artifact_uri=release.source, dst_path=str(incoming), tracking_uri=settings.tracking.uri
        )
        os.replace(fetched, target)
        shutil.rmtree(incoming, ignore_errors=True)
    return target
