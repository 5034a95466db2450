"""Register a model folder as a release, and find the bundle of a registered release again.

A release is registered only after its artifacts are stored, by each build in an MLflow run of its own. A build that is killed in
between leaves an open run, which the next build removes.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
from ragline.registry.artifact_runs import abandoned_runs, discard_run, local_path, start_run
from ragline.registry.expired import refuse_expired
from ragline.registry.fetched import fetch_once
from ragline.registry.lock import registry_lock
from ragline.registry.pyfunc_model import BUNDLE
from ragline.registry.release_version import ReleaseVersion

ARTIFACT = "retriever"
_JOB = "index"


@dataclass(frozen=True)
class StoredModel:
    """A model folder among the artifacts of an MLflow run of its own, not registered yet."""

    run_id: str
    source: str


def register_release(
    client: MlflowClient,
    settings: Settings,
    model_folder: Path,
    manifest: ReleaseManifest,
    tags: Mapping[str, str] | None = None,
) -> ReleaseVersion:
    """Move a model folder into MLflow's artifact store and register it as a new release, with further ``tags`` if given.

    A release with the same fingerprint that is registered already, and has not expired, is returned as it is.
    """
    if known := registry.with_fingerprint(client, settings, manifest.fingerprint):
        return known
    return register_stored(client, settings, store_model(client, settings, model_folder, manifest), manifest, tags)


def store_model(client: MlflowClient, settings: Settings, model_folder: Path, manifest: ReleaseManifest) -> StoredModel:
    """Move a model folder into the artifact store, where no other build writes; what killed builds left there is removed."""
    remove_abandoned(client, settings)
    tags = {release_tags.RELEASE_FINGERPRINT: manifest.fingerprint, release_tags.BUILD_RUN: manifest.run_id}
    run_id = start_run(client, settings, _JOB, f"index {manifest.run_id}", tags)
    return StoredModel(run_id, _store_artifacts(client, run_id, model_folder))


def register_stored(
    client: MlflowClient,
    settings: Settings,
    stored: StoredModel,
    manifest: ReleaseManifest,
    tags: Mapping[str, str] | None = None,
) -> ReleaseVersion:
    """Register a stored model as a new release, with further ``tags`` if given; if another build of the same release was
    faster, return that one."""
    with registry_lock(settings) as lock:
        if known := registry.with_fingerprint(client, settings, manifest.fingerprint):
            discard_stored(client, stored)
            return known
        lock.check()
        name = retriever_name(settings.pipeline)
        _ensure_registered_model(client, name)
        described = {**(tags or {}), **_tags(manifest)}
        created = client.create_model_version(name, source=stored.source, run_id=stored.run_id, tags=described)
    client.set_terminated(stored.run_id)
    return registry.find_release(client, settings, int(created.version))


def discard_stored(client: MlflowClient, stored: StoredModel) -> None:
    """Remove a stored model that is not to be registered."""
    discard_run(client, stored.run_id, ARTIFACT)


def remove_abandoned(client: MlflowClient, settings: Settings) -> None:
    """Remove what killed builds stored and did not register; end the runs of those that were killed after they had registered."""
    abandoned = abandoned_runs(client, settings, _JOB)
    # Read after it is known that their processes are gone: none of them registers any more.
    registered = {release.run_id for release in registry.releases(client, settings)}
    for left in abandoned:
        if left.info.run_id in registered:
            client.set_terminated(left.info.run_id)
        else:
            discard_run(client, left.info.run_id, ARTIFACT)


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


def _store_artifacts(client: MlflowClient, run_id: str, model_folder: Path) -> str:
    """Store the folder as artifacts of the run, which has none yet; return its URI."""
    root = str(client.get_run(run_id).info.artifact_uri).rstrip("/")
    if (local := local_path(root)) is None:
        client.log_artifacts(run_id, str(model_folder), ARTIFACT)
        return f"{root}/{ARTIFACT}"
    local.mkdir(parents=True, exist_ok=True)
    target = local / ARTIFACT
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


def bundle_folder(client: MlflowClient, settings: Settings, release: ReleaseVersion) -> Path:
    """Get the local folder of a release's bundle. Artifacts of a remote store are downloaded once.

    Raises:
        ExpiredRelease: the release has expired.
        ReleaseError: the artifacts do not exist any more.
    """
    refuse_expired(settings, release)
    folder = local_path(release.source) or fetch_once(release.source, fetched_folder(settings, release), settings.tracking.uri)
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
