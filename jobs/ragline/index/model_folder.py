"""Make the MLflow model folder of a release, bundle and all, in a place of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragline.config.settings import Settings
from ragline.contracts.release_manifest import ReleaseManifest
from ragline.index.content import ReleaseContent
from ragline.registry.pyfunc_model import BUNDLE, write_model_folder
from ragline.retrieval.bundle_writer import write_bundle


def write_release(folder: Path, manifest: ReleaseManifest, content: ReleaseContent) -> ReleaseManifest:
    """Fill a new folder; return the manifest with its files."""
    write_model_folder(folder)
    return write_bundle(folder / BUNDLE, manifest, content.chunks, content.vectors, content.embedder_folder)


@contextmanager
def staging_folder(settings: Settings, fingerprint: str) -> Iterator[Path]:
    """Make a folder for this build alone, and remove it afterwards; ``maintain`` removes those of killed builds.

    It stands beside the tables of a local lake, because artifacts mostly stand on the same file system: there the finished
    folder is moved, not copied.
    """
    parent = None if "://" in settings.lake.uri else Path(settings.lake.uri) / "_staging"
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix=f"release-{fingerprint}-", dir=parent))
    try:
        yield own / "release"
    finally:
        shutil.rmtree(own, ignore_errors=True)
