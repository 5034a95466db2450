"""What a registered release was built from and how it answers, also where its bundle is damaged or lost."""

from pathlib import Path

from ragline.contracts.release_manifest import ReleaseManifest, read_release_manifest
from ragline.errors import ReleaseError
from ragline.registry import release_tags
from ragline.registry.artifact_runs import local_path
from ragline.registry.pyfunc_model import BUNDLE
from ragline.registry.release_version import ReleaseVersion
from ragline.retrieval.bundle import open_bundle


def stored_manifest(release: ReleaseVersion, folder: Path | None = None) -> ReleaseManifest | None:
    """The manifest of a release: from its tags, else from its bundle in ``folder`` (default: its place in a local store).

    None where neither has it: the bundle is lost, and the release was registered by a version that kept no copy.
    """
    if (kept := release.tags.get(release_tags.MANIFEST)) is not None:
        return read_release_manifest(kept.encode())
    source = local_path(release.source)
    bundle = folder or (None if source is None else source / BUNDLE)
    try:
        manifest = None if bundle is None else open_bundle(bundle).manifest
    except ReleaseError:
        return None
    # A bundle of another release in its place would be the wrong one to build.
    same = manifest is not None and manifest.fingerprint == release.tags.get(release_tags.RELEASE_FINGERPRINT)
    return manifest if same else None
