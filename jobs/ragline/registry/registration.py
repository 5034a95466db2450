"""Register a model folder as a release, and find the bundle of a registered release again.

A release is registered only after its artifacts are stored. A build that is killed in between leaves an MLflow run tagged
with the release's fingerprint; the next build of that release uses the run again and replaces its artifacts.
"""

import json
import os
import shutil
from pathlib import Path

import mlflow.artifacts
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.utils.validation import MAX_MODEL_REGISTRY_TAG_VALUE_LENGTH

from ragline.config.settings import Settings
from ragline.contracts.names import retriever_name
from ragline.contracts.path_names import path_name
from ragline.contracts.release_manifest import ReleaseManifest
from ragline.errors import ReleaseError
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.pyfunc_model import BUNDLE
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.tracking import experiment_id

ARTIFACT = "retriever"


def register_release(client: MlflowClient, settings: Settings, model_folder: Path, manifest: ReleaseManifest) -> ReleaseVersion:
    """Move a model folder into MLflow's artifact store and register it as a new release.

    A release with the same fingerprint that is registered already is returned as it is.
    """
    if known := registry.with_fingerprint(client, settings, manifest.fingerprint):
        return known
    run_id = _mlflow_run(client, settings, manifest)
    source = _store_artifacts(client, run_id, model_folder)
    _ensure_registered_model(client, retriever_name(settings.pipeline))
    created = client.create_model_version(retriever_name(settings.pipeline), source=source, run_id=run_id, tags=_tags(manifest))
    client.set_terminated(run_id)
    return registry.find_release(client, settings, int(created.version))


def _tags(manifest: ReleaseManifest) -> dict[str, str]:
    return {
        release_tags.RELEASE_FINGERPRINT: manifest.fingerprint,
        release_tags.INPUTS: json.dumps(manifest.inputs, sort_keys=True),
        release_tags.COUNTS: json.dumps(manifest.counts, sort_keys=True),
        release_tags.BUILD_RUN: manifest.run_id,
        release_tags.CREATED_AT: manifest.created_at,
        release_tags.EMBEDDER_VERSION: str(manifest.embedder.version),
        release_tags.EMBEDDER_FINGERPRINT: manifest.spec.encoder.fingerprint,
        **manifest_tag(manifest),
    }


def manifest_tag(manifest: ReleaseManifest) -> dict[str, str]:
    """The tag that keeps the manifest; without the files' checksums where MLflow would cut it for its length."""
    whole = manifest.model_dump_json()
    fits = len(whole) <= MAX_MODEL_REGISTRY_TAG_VALUE_LENGTH
    return {release_tags.MANIFEST: whole if fits else manifest.model_dump_json(exclude={"files"})}


def _mlflow_run(client: MlflowClient, settings: Settings, manifest: ReleaseManifest) -> str:
    """Get the MLflow run for the release's artifacts: the one that a killed build left, or a new one."""
    experiment = experiment_id(client, settings)
    left_behind = client.search_runs([experiment], f"tags.`{release_tags.RELEASE_FINGERPRINT}` = '{manifest.fingerprint}'")
    if left_behind:
        return str(left_behind[0].info.run_id)
    tags = {release_tags.RELEASE_FINGERPRINT: manifest.fingerprint, release_tags.BUILD_RUN: manifest.run_id}
    return str(client.create_run(experiment, run_name=f"index {manifest.run_id}", tags=tags).info.run_id)


def _store_artifacts(client: MlflowClient, run_id: str, model_folder: Path) -> str:
    """Store the folder as artifacts of the run, instead of what a killed build left there; return its URI."""
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
    except OSError:  # the folder was built on another file system
        shutil.copytree(model_folder, target)
    return str(target)


def _ensure_registered_model(client: MlflowClient, name: str) -> None:
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def local_path(uri: str) -> Path | None:
    """Get the local path of an artifact URI, or None for a remote one."""
    if uri.startswith("file://"):
        return Path(uri.removeprefix("file://"))
    return None if "://" in uri or uri.startswith("mlflow-artifacts:") else Path(uri)


def bundle_folder(client: MlflowClient, settings: Settings, release: ReleaseVersion) -> Path:
    """Get the local folder of a release's bundle. Artifacts of a remote store are downloaded once.

    Raises:
        ReleaseError: the artifacts do not exist any more.
    """
    folder = local_path(release.source) or _downloaded(client, settings, release)
    if not (folder / BUNDLE).is_dir():
        raise ReleaseError(
            f"The artifacts of release {release.version} of {retriever_name(settings.pipeline)} are not at {release.source}: "
            f"restore them, or build the release again with 'ragline releases rebuild {release.version}'."
        )
    return folder / BUNDLE


def fetched_folder(settings: Settings, release: ReleaseVersion) -> Path:
    """Where the artifacts of a release are kept on this machine once they were downloaded from a remote store."""
    name = f"{retriever_name(settings.pipeline)}-{release.version}-{release.tags[release_tags.RELEASE_FINGERPRINT]}"
    return settings.root / ".ragline" / "fetched" / path_name(name, "The name of a release's files")


def _downloaded(client: MlflowClient, settings: Settings, release: ReleaseVersion) -> Path:
    target = fetched_folder(settings, release)
    if not target.is_dir():
        incoming = target.with_name(f".{target.name}.{os.getpid()}")
        incoming.mkdir(parents=True, exist_ok=True)
        downloaded = mlflow.artifacts.download_artifacts(
            artifact_uri=release.source, dst_path=str(incoming), tracking_uri=settings.tracking.uri
        )
        os.replace(downloaded, target)
        shutil.rmtree(incoming, ignore_errors=True)
    return target
