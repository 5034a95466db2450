"""Build a release: read chunks and vectors, write the bundle with its indices, register it in MLflow and publish it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import ragline
from ragline.config.retention import RetentionSettings
from ragline.contracts.names import CHALLENGER, CHAMPION
from ragline.contracts.release_manifest import EmbedderRef, ReleaseManifest
from ragline.contracts.release_spec import ReleaseSpec
from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.errors import NothingToDo, Superseded
from ragline.index.content import ReleaseContent, read_tables
from ragline.index.inputs import ReleaseInputs, input_runs, release_identity
from ragline.index.model_folder import staging_folder, write_release
from ragline.index.specification import release_spec
from ragline.lake.kept_releases import LEFT_OUT, last_built
from ragline.lake.lake import Lake
from ragline.lake.publications import RELEASE, Publication, last_published, publish
from ragline.lake.retention import documents_past_deadline
from ragline.registry.embedders import Embedder, choose_embedder
from ragline.registry.lock import registry_lock
from ragline.registry.registration import StoredModel, bundle_folder, discard_stored, register_stored, store_model
from ragline.registry.release_tags import COUNTS
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.releases import find_release, set_alias, with_fingerprint
from ragline.registry.tracking import connect
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient


@dataclass(frozen=True)
class BuiltRelease:
    """A release whose bundle is stored, and which has no number yet."""

    stored: StoredModel
    manifest: ReleaseManifest


def build_and_publish(run: Run, inputs: ReleaseInputs, config: str, embedder_version: int | None) -> None:
    """Build and register the release of these inputs, where no registered release is equal to it, and publish it.

    ``config`` is the fingerprint of the settings that a release depends on. It is built and stored first; then, under the lock of
    the registry, it gets its number and is published, so that numbers follow each other as publications do.

    Raises:
        MissingInput: chunks lack vectors of this embedder.
        NothingToDo: the last published release is equal to it.
        ReleaseError: it is, but its artifacts are lost.
        Superseded: a release of newer chunks was published meanwhile.
    """
    client = connect(run.settings)
    seen = last_published(run.lake, RELEASE)
    embedder = choose_embedder(client, run.settings, embedder_version)
    run.read("embedder", embedder.version)
    deleted = documents_to_leave_out(run.lake, run.settings.retention, inputs.chunks)
    fingerprint = release_identity(inputs, embedder.fingerprint, config, deleted)
    known = with_fingerprint(client, run.settings, fingerprint)
    if known is not None and _last_published_release(run) == known.version:
        bundle_folder(client, run.settings, known)  # one that is lost is not what was asked for: says how to make it whole
        raise NothingToDo(f"release {known.version} was built from the same inputs and settings.")
    built = _build(run, client, inputs, embedder, fingerprint, deleted) if known is None else None
    with run.step("register the release"), registry_lock(run.settings):
        _refuse_if_overtaken(run, client, inputs, seen, built)
        if built is None:
            release = find_release(client, run.settings, known.version if known else None)
        else:
            release = register_stored(client, run.settings, built.stored, built.manifest)
        chosen = {"embedder_version": embedder.version, "embedder_given": embedder_version is not None}
        _publish(run, client, release, inputs, config, {**chosen, **({LEFT_OUT: len(deleted)} if deleted else {})}, seen)


def _refuse_if_overtaken(
    run: Run, client: "MlflowClient", inputs: ReleaseInputs, seen: Publication | None, built: BuiltRelease | None
) -> None:
    """A release gets no number, and is not published, when one of newer chunks was published while it was built.

    Raises:
        Superseded: that is so; what was stored of this one is removed.
    """
    newest = last_published(run.lake, RELEASE)
    if newest is None or newest == seen or newest.inputs.get(CHUNKS.name, -1) <= inputs.chunks:
        return
    if built is not None:
        discard_stored(client, built.stored)
    raise Superseded(
        f"release {newest.version} was published meanwhile, from version {newest.inputs[CHUNKS.name]} of chunks: a release of "
        f"version {inputs.chunks} would be older."
    )


def _last_published_release(run: Run) -> int | None:
    last = last_built(run.lake)
    return None if last is None else last.version


def documents_to_leave_out(lake: Lake, retention: RetentionSettings, chunks_version: int) -> list[str]:
    """The documents (``doc_id``) of a version of the chunks that no release may hold any more: they were deleted, and their
    deadline has passed."""
    past = documents_past_deadline(lake, retention, datetime.now(UTC))["doc_id"].to_pylist()
    return sorted(set(past) & set(lake.read(CHUNKS, chunks_version, ["doc_id"])["doc_id"].to_pylist())) if past else []


def _build(
    run: Run, client: "MlflowClient", inputs: ReleaseInputs, embedder: Embedder, fingerprint: str, deleted: Sequence[str]
) -> BuiltRelease:
    spec = release_spec(run.settings, embedder)
    with run.step("read chunks and vectors"):
        content = read_tables(run.lake, inputs, spec.encoder, embedder.folder, deleted)
        run.read(CHUNKS, inputs.chunks, content.chunks.num_rows)
        run.read(EMBEDDINGS, inputs.embeddings)
    manifest = _manifest(run, inputs, embedder, fingerprint, spec, content)
    with staging_folder(run.settings, fingerprint) as folder:
        with run.step("build the indices and the bundle"):
            manifest = write_release(folder, manifest, content)
        with run.step("store the bundle"):
            stored = store_model(client, run.settings, folder, manifest)
    run.manifest.facts["bundle_bytes"] = sum(file.size for file in manifest.files.values())
    return BuiltRelease(stored, manifest)


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
        left_out=list(content.left_out),
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
    chosen: Mapping[str, object],
    seen: Publication | None,
) -> None:
    if CHAMPION not in release.aliases:
        set_alias(client, run.settings, CHALLENGER, release.version)
    made = Publication(RELEASE, release.version, run.run_id, "", config, inputs.versions(), gate_result=chosen)
    publish(run.lake, made, seen=seen)
    counts: dict[str, int] = json.loads(release.tags.get(COUNTS, "{}"))
    for what, number in counts.items():
        run.count(what, number)
    run.wrote(RELEASE, release.version, counts.get("chunks"))
    run.manifest.facts["release"] = release.version
    run.manifest.message = f"Release {release.version} of {run.settings.pipeline} holds {counts.get('chunks', 0):,} chunks."
