"""The manifest of a release that is lost with its bundle, and of which the registry has no copy."""

import json
from typing import TYPE_CHECKING

from ragline.config.fingerprints import release_fingerprint
from ragline.contracts.release_manifest import EmbedderRef, ReleaseManifest
from ragline.errors import ReleaseError
from ragline.index.inputs import ReleaseInputs, input_runs, release_identity
from ragline.index.specification import release_spec
from ragline.registry import release_tags
from ragline.registry.embedders import choose_embedder
from ragline.registry.release_version import ReleaseVersion
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient


def manifest_by_settings(run: Run, client: "MlflowClient", release: ReleaseVersion) -> ReleaseManifest:
    """The manifest of a release that was registered before a copy of it was kept.

    Today's settings say how it answers, if they are those that it was built with.

    Raises:
        ReleaseError: they are not.
    """
    tags, settings = release.tags, run.settings
    inputs = ReleaseInputs.of(json.loads(tags[release_tags.INPUTS]))
    embedder = choose_embedder(client, settings, int(tags[release_tags.EMBEDDER_VERSION]))
    identity = release_identity(inputs, embedder.fingerprint, release_fingerprint(settings))
    if identity != tags[release_tags.RELEASE_FINGERPRINT]:
        raise ReleaseError(
            f"The manifest of release {release.version} is lost with its bundle, and the settings have changed since it was "
            "built, so that nothing says how it answered: build a new release with "
            f"'ragline index --chunks-version {inputs.chunks}', or set the settings of then and rebuild again."
        )
    return ReleaseManifest(
        pipeline=settings.pipeline,
        fingerprint=identity,
        lake_uri=run.lake.uri,
        inputs=inputs.versions(),
        embedder=EmbedderRef(name=embedder.name, version=embedder.version, base_fingerprint=embedder.base_fingerprint),
        spec=release_spec(settings, embedder),
        search=settings.search,
        counts=json.loads(tags[release_tags.COUNTS]),
        run_id=tags[release_tags.BUILD_RUN],
        input_runs=input_runs(run.lake, inputs),
        ragline_version="unknown",
        created_at=tags[release_tags.CREATED_AT],
    )
