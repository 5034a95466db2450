"""Find the published table versions that a release is built from, and compute the release's fingerprint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS
from ragline.errors import MissingInput
from ragline.lake.lake import Lake
from ragline.lake.publications import require_published


@dataclass(frozen=True)
class ReleaseInputs:
    """The versions of the three tables that a release is built from."""

    documents: int
    chunks: int
    embeddings: int

    @classmethod
    def of(cls, versions: Mapping[str, int]) -> "ReleaseInputs":
        """The inputs that a manifest or a publication names."""
        return cls(versions[DOCUMENTS.name], versions[CHUNKS.name], versions[EMBEDDINGS.name])

    def versions(self) -> dict[str, int]:
        """Get the versions by table name."""
        return {DOCUMENTS.name: self.documents, CHUNKS.name: self.chunks, EMBEDDINGS.name: self.embeddings}


def find_inputs(lake: Lake, chunks_version: int | None) -> ReleaseInputs:
    """Find the published chunks (the last version, or the one asked for), their documents, and the last published embeddings.

    Raises:
        MissingInput: one of them is not published.
    """
    chunks = require_published(lake, CHUNKS.name, chunks_version)
    if DOCUMENTS.name not in chunks.inputs:
        raise MissingInput(f"Version {chunks.version} of table chunks does not say which documents it came from.")
    embeddings = require_published(lake, EMBEDDINGS.name)
    return ReleaseInputs(int(chunks.inputs[DOCUMENTS.name]), chunks.version, embeddings.version)


def release_identity(
    inputs: ReleaseInputs, embedder_fingerprint: str, config_fingerprint: str, left_out: Sequence[str] = ()
) -> str:
    """Compute the release's fingerprint, which is equal for two builds of the same release.

    It leaves out the version of the embeddings table: a vector is determined by its text and its encoder, so vectors that
    were added for other texts do not change the release. ``left_out`` are documents that the chunks' version holds and the
    release does not.
    """
    made_of = {
        "documents": inputs.documents,
        "chunks": inputs.chunks,
        "embedder": embedder_fingerprint,
        "config": config_fingerprint,
    }
    return fingerprint({**made_of, "left_out": sorted(left_out)} if left_out else made_of)


def input_runs(lake: Lake, inputs: ReleaseInputs) -> dict[str, str]:
    """Get the id of the run that wrote each of the versions, by table name."""
    commits = {table: lake.last_commit(table, at=inputs.versions()[table.name]) for table in (DOCUMENTS, CHUNKS, EMBEDDINGS)}
    return {table.name: commit.run_id for table, commit in commits.items() if commit is not None}
