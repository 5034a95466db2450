"""``ragline index``: build a release from the published chunks and their vectors, unless it is there already."""

from ragline.config.fingerprints import release_fingerprint
from ragline.contracts.tables import EMBEDDINGS
from ragline.errors import NothingToDo
from ragline.index.inputs import ReleaseInputs, find_inputs
from ragline.lake.kept_releases import last_built
from ragline.registry.without_mlflow import registry_is_empty
from ragline.runtime.run import Run


def build_release(run: Run, *, chunks_version: int | None, embedder_version: int | None) -> None:
    """Build, register and publish the release of some published chunks and an embedder.

    A release that was built before from the same inputs and settings is published again rather than built twice.

    Raises:
        MissingInput: chunks or embeddings are not published, or chunks lack vectors of this embedder.
        NothingToDo: this very release is the last one published.
    """
    inputs = find_inputs(run.lake, chunks_version)
    config = release_fingerprint(run.settings)
    if _is_last_published(run, inputs, config, embedder_version):
        raise NothingToDo(
            f"the last release was built from chunks version {inputs.chunks} with these settings. Should its files be damaged or "
            "lost: 'ragline releases verify' says so, and 'ragline releases rebuild' makes it whole."
        )
    # Imported here: MLflow and the index libraries take seconds to import, and the lake alone shows that nothing changed.
    from ragline.index.release_build import build_and_publish

    build_and_publish(run, inputs, config, embedder_version)


def _is_last_published(run: Run, inputs: ReleaseInputs, config: str, embedder_version: int | None) -> bool:
    """Whether the lake alone shows that the last published release is the one to build.

    Without a request for an embedder only a release counts that was itself built without one: which embedder is the
    default is known to MLflow, and changes with the champion.
    """
    last = last_built(run.lake)
    if last is None or registry_is_empty(run.settings) or last.config_fingerprint != config:
        return False
    asked = last.gate_result.get("embedder_given") if embedder_version is None else None
    same_embedder = asked is False or last.gate_result.get("embedder_version") == embedder_version
    # Another version of the embeddings table makes no other release: a vector is known by its text and its encoder.
    versions = {**inputs.versions(), EMBEDDINGS.name: last.inputs.get(EMBEDDINGS.name)}
    return same_embedder and dict(last.inputs) == versions
