"""The manifests that runs left in a lake. Everybody who reads one reads it here."""

from ragline.contracts.run_manifest import RunManifest, read_run_manifest
from ragline.errors import LakeError
from ragline.lake.files import read_bytes


def load_run_manifest(uri: str) -> RunManifest | None:
    """The manifest at a URI, or None if the run has left none.

    Raises:
        LakeError: it cannot be read.
    """
    content = read_bytes(uri)
    if content is None:
        return None
    try:
        return read_run_manifest(content)
    except LakeError as error:
        raise LakeError(f"The run manifest {uri} cannot be read: {error}") from error
