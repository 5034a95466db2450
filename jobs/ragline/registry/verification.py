"""Look at every file of a registered release: is it what was built?"""

from dataclasses import asdict, dataclass
from typing import Any

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ragline.config.settings import Settings
from ragline.contracts.redaction import redacted
from ragline.contracts.release_manifest import ReleaseManifest
from ragline.errors import ExpiredRelease, ReleaseError
from ragline.registry import release_tags
from ragline.registry.artifacts import forget_fetched
from ragline.registry.pyfunc_model import BUNDLE
from ragline.registry.registration import bundle_folder, manifest_tag
from ragline.registry.release_version import ReleaseVersion
from ragline.retrieval.bundle import open_bundle
from ragline.retrieval.checksums import MANIFEST, damaged_files

_MODEL = "MLmodel"


@dataclass(frozen=True)
class Verification:
    """What was found of a release: how many files it lists, of how many bytes, and what is wrong with which of them.

    ``expired`` says why it has no bundle any more, and is "" for all others.
    """

    release: int
    files: int
    bytes: int
    damage: dict[str, str]
    expired: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it can serve, or has expired, which is no damage."""
        return not self.damage

    def described(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "whole": self.is_whole and not self.expired}


def verify_release(client: MlflowClient, settings: Settings, release: ReleaseVersion) -> Verification:
    """Compare every file of a release with the checksum that it was built with; of a remote store, what is there now."""
    forget_fetched(settings, release)
    try:
        folder = bundle_folder(client, settings, release)
        manifest = open_bundle(folder).manifest
    except ExpiredRelease as expired:
        return Verification(release.version, 0, 0, {}, str(expired))
    except (ReleaseError, MlflowException, OSError) as error:
        return Verification(release.version, 0, 0, {MANIFEST: redacted(str(error))})
    damage = {f"{BUNDLE}/{name}": what for name, what in damaged_files(folder, manifest.files).items()}
    if wrong := _wrong_manifest(release, manifest):
        damage[f"{BUNDLE}/{MANIFEST}"] = wrong
    if not (folder.parent / _MODEL).is_file():
        damage[_MODEL] = "missing"
    # Beside the listed ones: the manifest, and the file by which MLflow knows a model.
    return Verification(release.version, len(manifest.files) + 2, sum(file.size for file in manifest.files.values()), damage)


def _wrong_manifest(release: ReleaseVersion, manifest: ReleaseManifest) -> str:
    """What is wrong with the manifest in the bundle, which no checksum covers; the registry keeps a copy of it."""
    if manifest.fingerprint != release.tags.get(release_tags.RELEASE_FINGERPRINT):
        return f"it is that of another release (fingerprint {manifest.fingerprint})"
    kept = release.tags.get(release_tags.MANIFEST)
    if kept is not None and kept != manifest_tag(manifest)[release_tags.MANIFEST]:
        return "it differs from the copy that the registry keeps"
    return ""
