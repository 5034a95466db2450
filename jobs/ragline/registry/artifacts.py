"""Change the stored artifacts of a registered release: put others in their place, or remove them."""

import shutil
import uuid
from pathlib import Path

from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from ragline.config.settings import Settings
from ragline.errors import ReleaseError
from ragline.registry.artifact_runs import local_path
from ragline.registry.registration import fetched_folder
from ragline.registry.release_version import ReleaseVersion

_ASIDE = ".replaced-"


def replace_artifacts(settings: Settings, release: ReleaseVersion, model_folder: Path) -> None:
    """Put a model folder where the artifacts of a release are, or were.

    On a disk the new ones stand beside the old ones before these are moved away; a process that is killed in between leaves the
    release without artifacts, never with a mixture.

    Raises:
        ReleaseError: the store cannot be written.
    """
    forget_fetched(settings, release)
    target = local_path(release.source)
    try:
        if target is None:
            remove_artifacts(settings, release)
            get_artifact_repository(release.source, tracking_uri=settings.tracking.uri).log_artifacts(str(model_folder))
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming = target.with_name(f"{target.name}{_ASIDE}{uuid.uuid4().hex[:8]}.new")
        shutil.move(model_folder, incoming)
        if target.exists():
            target.rename(target.with_name(f"{target.name}{_ASIDE}{uuid.uuid4().hex[:8]}"))
        incoming.rename(target)
        _remove_leftovers(target)
    except (OSError, MlflowException) as error:
        raise ReleaseError(
            f"The artifacts of release {release.version} cannot be written to {release.source}: {error}"
        ) from error


def remove_artifacts(settings: Settings, release: ReleaseVersion) -> None:
    """Remove the artifacts of a release, and what was fetched of them to this machine. Where there are none, nothing happens.

    Raises:
        ReleaseError: the store cannot be written.
    """
    forget_fetched(settings, release)
    target = local_path(release.source)
    try:
        if target is None:
            get_artifact_repository(release.source, tracking_uri=settings.tracking.uri).delete_artifacts()
            return
        _remove_leftovers(target)
        if target.exists():
            shutil.rmtree(target)
    except FileNotFoundError:
        return
    except (OSError, MlflowException) as error:
        raise ReleaseError(
            f"The artifacts of release {release.version} cannot be removed from {release.source}: {error}"
        ) from error


def forget_fetched(settings: Settings, release: ReleaseVersion) -> None:
    """Remove what was downloaded of a release to this machine, that of killed downloads too."""
    cached = fetched_folder(settings, release)
    if cached.parent.is_dir():
        for folder in (cached, *cached.parent.glob(f".{cached.name}.*")):
            shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers(target: Path) -> None:
    """Remove what a killed replacement left beside the artifacts."""
    if target.parent.is_dir():
        for folder in target.parent.glob(f"{target.name}{_ASIDE}*"):
            shutil.rmtree(folder)
