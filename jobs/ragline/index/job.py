"""``ragline index``: published chunks and their vectors become a registered release."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

import ragline
from ragline.config.fingerprints import release_fingerprint
from ragline.config.settings import Settings
from ragline.contracts.names import CHALLENGER, CHAMPION
from ragline.contracts.release_manifest import EmbedderRef, ReleaseManifest
from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.errors import NothingToDo
from ragline.index.inputs import ReleaseInputs, find_inputs, identity, input_runs
from ragline.lake.publications import RELEASE, Publication, last_published, publish
from ragline.registry.releases import registry_is_empty
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.registry.embedders import Embedder
    from ragline.registry.releases import ReleaseVersion


def build_release(run: Run, *, chunks_version: int | None, embedder_version: int | None) -> None:
    """Build, register and publish the release of some published chunks under an embedder.

    A release that was built before from the same inputs and settings is published again rather than built twice.

    Raises:
        MissingInput: chunks or embeddings are not published, or chunks lack vectors of this embedder.
        NothingToDo: this very release is the last one published.
    """
    inputs = find_inputs(run.lake, chunks_version)
    config = release_fingerprint(run.settings)
    if _is_last_published(run, inputs, config, embedder_version):
        raise NothingToDo(f"the last release was built from chunks version {inputs.chunks} with these settings.")
    from ragline.registry.embedders import choose_embedder
    from ragline.registry.releases import with_fingerprint
    from ragline.registry.tracking import connect

    client = connect(run.settings)
    embedder = choose_embedder(client, run.settings, embedder_version)
    run.read("embedder", embedder.version)
    fingerprint = identity(inputs, embedder.fingerprint, config)
    release = with_fingerprint(client, run.settings, fingerprint)
    if release is not None and _last_published_release(run) == release.version:
        raise NothingToDo(f"release {release.version} was built from the same inputs and settings.")
    if release is None:
        release = _build(run, client, inputs, embedder, fingerprint)
    _announce(run, client, release, inputs, config, embedder, given=embedder_version is not None)


def _is_last_published(run: Run, inputs: ReleaseInputs, config: str, embedder_version: int | None) -> bool:
    """Whether the last published release is surely the one to build; told without importing MLflow.

    "Surely": with no embedder asked for, only a release that was itself built with the default one counts.
    """
    last = last_published(run.lake, RELEASE)
    if last is None or registry_is_empty(run.settings) or last.config_fingerprint != config:
        return False
    asked = last.gate_result.get("embedder_given") if embedder_version is None else None
    same_embedder = asked is False or last.gate_result.get("embedder_version") == embedder_version
    versions = {**inputs.versions(), EMBEDDINGS.name: last.inputs.get(EMBEDDINGS.name)}
    return same_embedder and dict(last.inputs) == versions


def _last_published_release(run: Run) -> int | None:
    last = last_published(run.lake, RELEASE)
    return None if last is None else last.version


def _build(run: Run, client: "MlflowClient", inputs: ReleaseInputs, embedder: "Embedder", fingerprint: str) -> "ReleaseVersion":
    from ragline.index.matrix import read_matrix
    from ragline.registry.pyfunc_model import BUNDLE, write_model_folder
    from ragline.registry.registration import register_release
    from ragline.retrieval.bundle_writer import write_bundle
    from ragline.retrieval.chunk_store import in_row_order

    with run.step("read chunks and vectors"):
        chunks = in_row_order(run.lake.read(CHUNKS, inputs.chunks))
        run.read(CHUNKS, inputs.chunks, chunks.num_rows)
        run.read(EMBEDDINGS, inputs.embeddings)
        vectors = read_matrix(run.lake, inputs.embeddings, embedder.fingerprint, embedder.dimension, chunks["text_hash"])
    manifest = _manifest(run, inputs, embedder, fingerprint, chunks)
    with _staging(run.settings, fingerprint) as folder:
        with run.step("build the indices and the bundle"):
            write_model_folder(folder)
            manifest = write_bundle(folder / BUNDLE, manifest, chunks, vectors, embedder.folder)
        with run.step("register the release"):
            release = register_release(client, run.settings, folder, manifest)
    run.manifest.facts["bundle_bytes"] = sum(file.size for file in manifest.files.values())
    return release


def _manifest(run: Run, inputs: ReleaseInputs, embedder: "Embedder", fingerprint: str, chunks: pa.Table) -> ReleaseManifest:
    from ragline.index.specification import release_spec

    settings = run.settings
    return ReleaseManifest(
        pipeline=settings.pipeline,
        fingerprint=fingerprint,
        lake_uri=run.lake.uri,
        inputs=inputs.versions(),
        embedder=EmbedderRef(
            name=embedder.name,
            version=embedder.version,
            base_fingerprint=embedder.base_fingerprint,
        ),
        spec=release_spec(settings, embedder),
        counts={"chunks": chunks.num_rows, "documents": len(chunks["doc_id"].unique())},
        run_id=run.run_id,
        input_runs=input_runs(run.lake, inputs),
        ragline_version=ragline.__version__,
        created_at=datetime.now(UTC).isoformat(),
    )


@contextmanager
def _staging(settings: Settings, fingerprint: str) -> Iterator[Path]:
    """A folder of this build's own, on the lake's own file system where that is a folder; removed afterwards. Two builds of
    one release at once do not meet in it, and ``maintain`` removes what a killed one leaves."""
    parent = None if "://" in settings.lake.uri else Path(settings.lake.uri) / "_staging"
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix=f"release-{fingerprint}-", dir=parent))
    try:
        yield own / "release"
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _announce(
    run: Run,
    client: "MlflowClient",
    release: "ReleaseVersion",
    inputs: ReleaseInputs,
    config: str,
    embedder: "Embedder",
    *,
    given: bool,
) -> None:
    import json

    from ragline.registry.releases import COUNTS, set_alias

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
