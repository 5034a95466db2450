"""Build a release: read chunks and vectors, write the bundle with its indices, register it in MLflow and publish it."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import ragline
from ragline.contracts.names import CHALLENGER, CHAMPION
from ragline.contracts.release_manifest import EmbedderRef, ReleaseManifest
from ragline.contracts.release_spec import ReleaseSpec
from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.errors import NothingToDo
from ragline.index.content import ReleaseContent, read_tables
from ragline.index.inputs import ReleaseInputs, input_runs, release_identity
from ragline.index.model_folder import staging_folder, write_release
from ragline.index.specification import release_spec
from ragline.lake.publications import RELEASE, Publication, last_published, publish
from ragline.registry.embedders import Embedder, choose_embedder
from ragline.registry.registration import register_release
from ragline.registry.release_tags import COUNTS
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.releases import set_alias, with_fingerprint
from ragline.registry.tracking import connect
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient


def build_and_publish(run: Run, inputs: ReleaseInputs, config: str, embedder_version: int | None) -> None:
    """Build and register the release of these inputs, where no registered release is equal to it, and publish it.

    ``config`` is the fingerprint of the settings that a release depends on.

    Raises:
        MissingInput: chunks lack vectors of this embedder.
        NothingToDo: the last published release is equal to it.
    """
    client = connect(run.settings)
    embedder = choose_embedder(client, run.settings, embedder_version)
    run.read("embedder", embedder.version)
    fingerprint = release_identity(inputs, embedder.fingerprint, config)
    release = with_fingerprint(client, run.settings, fingerprint)
    if release is not None and _last_published_release(run) == release.version:
        raise NothingToDo(f"release {release.version} was built from the same inputs and settings.")
    if release is None:
        release = _build(run, client, inputs, embedder, fingerprint)
    _publish(run, client, release, inputs, config, embedder, given=embedder_version is not None)


def _last_published_release(run: Run) -> int | None:
    last = last_published(run.lake, RELEASE)
    return None if last is None else last.version


def _build(run: Run, client: "MlflowClient", inputs: ReleaseInputs, embedder: Embedder, fingerprint: str) -> ReleaseVersion:
    spec = release_spec(run.settings, embedder)
    with run.step("read chunks and vectors"):
        content = read_tables(run.lake, inputs, spec.encoder, embedder.folder)
        run.read(CHUNKS, inputs.chunks, content.chunks.num_rows)
        run.read(EMBEDDINGS, inputs.embeddings)
    manifest = _manifest(run, inputs, embedder, fingerprint, spec, content)
    with staging_folder(run.settings, fingerprint) as folder:
        with run.step("build the indices and the bundle"):
            manifest = write_release(folder, manifest, content)
        with run.step("register the release"):
            release = register_release(client, run.settings, folder, manifest)
    run.manifest.facts["bundle_bytes"] = sum(file.size for file in manifest.files.values())
    return release


def _manifest(
    run: Run, inputs: ReleaseInputs, embedder: Embedder, fingerprint: str, spec: ReleaseSpec, content: ReleaseContent
) -> ReleaseManifest:
    return ReleaseManifest(
        pipeline=run.settings.pipeline,
        fingerprint=fingerprint,
        lake_uri=run.lake.uri,
        inputs=inputs.versions(),
        embedder=EmbedderRef(
            name=embedder.name,
            version=embedder.version,
            base_fingerprint=embedder.base_fingerprint,
        ),
        spec=spec,
        search=run.settings.search,
        counts=content.counts(),
        run_id=run.run_id,
        input_runs=input_runs(run.lake, inputs),
        ragline_version=ragline.__version__,
        created_at=datetime.now(UTC).isoformat(),
    )


def _publish(
    run: Run,
    client: "MlflowClient",
    release: ReleaseVersion,
    inputs: ReleaseInputs,
    config: str,
    embedder: Embedder,
    *,
    given: bool,
) -> None:
    if CHAMPION not in release.aliases:
        set_alias(client, run.settings, CHALLENGER, release.version)
    chosen = {"embedder_version": embedder.version, "embedder_given": given}
    publish(run.lake, Publication(RELEASE, release.version, run.run_id, "", config, inputs.versions(), gate_result=chosen))
    counts: dict[str, int] = json.loads(release.tags.get(COUNTS, "{}"))
    for what, number in counts.items():
        run.count(what, number)
    run.wrote(RELEASE, release.version, counts.get("chunks"))
    run.manifest.facts["release"] = release.version
    run.manifest.message = f"Release {release.version} of {run.settings.pipeline} holds {counts.get('chunks', 0):,} chunks."
