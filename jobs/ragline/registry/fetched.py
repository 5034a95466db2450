"""Artifacts of a remote store, downloaded to this machine once."""

import os
import shutil
import uuid
from pathlib import Path

import mlflow.artifacts


def fetch_once(artifact_uri: str, folder: Path, tracking_uri: str) -> Path:
    """Download artifacts to ``folder``, unless they are there; return it. Several processes may do so at the same moment.

    The folder appears when it is complete. What a killed download left stands beside it, under a name that begins with a dot.
    """
    if folder.is_dir():
        return folder
    incoming = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    incoming.mkdir(parents=True)
    try:
        downloaded = mlflow.artifacts.download_artifacts(
            artifact_uri=artifact_uri, dst_path=str(incoming), tracking_uri=tracking_uri
        )
        os.rename(downloaded, folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster, and has the same files
            raise
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return folder
