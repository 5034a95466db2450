"""Which documents a release holds."""

import json
from collections.abc import Collection

from mlflow import MlflowClient

from ragline.config.settings import Settings
from ragline.contracts.tables import CHUNKS
from ragline.errors import LakeError
from ragline.lake.lake import Lake
from ragline.registry import release_tags
from ragline.registry.registration import bundle_folder
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.stored_manifest import stored_manifest
from ragline.retrieval.bundle import open_bundle


def held_documents(
    lake: Lake, client: MlflowClient, settings: Settings, release: ReleaseVersion, documents: Collection[str]
) -> frozenset[str]:
    """Which of these documents (``doc_id``) a release holds.

    The version of the chunks that it was built from says so, which costs a column; where that is gone, the release's bundle,
    which a remote store has to send first.

    Raises:
        ReleaseError: neither can be read.
    """
    manifest = stored_manifest(release)
    if not documents or manifest is None:
        return frozenset(_in_bundle(client, settings, release) & set(documents)) if documents else frozenset()
    try:
        version = json.loads(release.tags[release_tags.INPUTS])[CHUNKS.name]
        there = set(lake.read(CHUNKS, version, ["doc_id"])["doc_id"].to_pylist()) - set(manifest.left_out)
    except (LakeError, OSError):
        there = _in_bundle(client, settings, release)
    return frozenset(there & set(documents))


def _in_bundle(client: MlflowClient, settings: Settings, release: ReleaseVersion) -> set[str]:
    return set(open_bundle(bundle_folder(client, settings, release)).chunks()["doc_id"].unique().to_pylist())
