"""What a release is made from: published versions, and the embedder."""

from dataclasses import dataclass

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS
from ragline.errors import MissingInput
from ragline.lake.lake import Lake
from ragline.lake.publications import require_published


@dataclass(frozen=True)
class ReleaseInputs:
    """Versions of the three tables that a release stands on."""

    documents: int
    chunks: int
    embeddings: int

    def versions(self) -> dict[str, int]:
        """By table name."""
        return {DOCUMENTS.name: self.documents, CHUNKS.name: self.chunks, EMBEDDINGS.name: self.embeddings}


def find_inputs(lake: Lake, chunks_version: int | None) -> ReleaseInputs:
    """The published chunks (the last, or the version asked for), the documents they came from, the last embeddings.

    Raises:
        MissingInput: one of them is not published.
    """
    chunks = require_published(lake, CHUNKS.name, chunks_version)
    if DOCUMENTS.name not in chunks.inputs:
        raise MissingInput(f"Version {chunks.version} of table chunks does not say which documents it came from.")
    embeddings = require_published(lake, EMBEDDINGS.name)
    return ReleaseInputs(int(chunks.inputs[DOCUMENTS.name]), chunks.version, embeddings.version)


def identity(inputs: ReleaseInputs, embedder_fingerprint: str, config_fingerprint: str) -> str:
    """The release's fingerprint: equal for two builds that give the same release.

    The version of the embeddings table is left out. A vector is known by its text and its encoder, so that other
    vectors which come to stand beside it make no other release.
    """
    return fingerprint(
        {
            "documents": inputs.documents,
            "chunks": inputs.chunks,
            "embedder": embedder_fingerprint,
            "config": config_fingerprint,
        }
    )


def input_runs(lake: Lake, inputs: ReleaseInputs) -> dict[str, str]:
    """Which run wrote each of the versions."""
    commits = {table: lake.last_commit(table, at=inputs.versions()[table.name]) for table in (DOCUMENTS, CHUNKS, EMBEDDINGS)}
    return {table.name: commit.run_id for table, commit in commits.items() if commit is not None}
