"""Which rows of document state and chunk state an incremental run starts from.

Commits of these two tables name, in their inputs, the chunks version that they belong to. They are made before that chunks
version. If a run dies in between, its rows are newer than those of the last chunks version and do not count; the next run
decides on their documents again (``StoredState.leftover_documents``).

Light on purpose: a run finds out here that it has nothing to do, before Spark is imported.
"""

from dataclasses import dataclass

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, Table
from ragline.lake.commits import CommitInfo
from ragline.lake.lake import Lake
from ragline.lake.stored_rows import Range


@dataclass(frozen=True)
class StateVersions:
    """Up to which version of each state table the rows belong to the last chunks version; None: no row counts."""

    documents: int | None = None
    chunks: int | None = None

    def range_of(self, table: Table) -> Range:
        """The range of versions of a state table whose rows count."""
        last = self.documents if table is DOCUMENT_STATE else self.chunks
        return Range(until=-1 if last is None else last)


def state_inputs(documents_version: int, chunks_version: int) -> dict[str, int]:
    """The inputs of the state commits that belong to a chunks version."""
    return {DOCUMENTS.name: documents_version, CHUNKS.name: chunks_version}


def find_state(lake: Lake, last: CommitInfo) -> StateVersions | None:
    """The state that belongs to a chunks commit; None if its commits are no longer recorded, so that all is done again."""
    wanted = state_inputs(last.inputs[DOCUMENTS.name], last.version)
    documents, chunks = (_version(lake, table, wanted, last.fingerprint) for table in (DOCUMENT_STATE, CHUNK_STATE))
    return None if documents is None or chunks is None else StateVersions(documents, chunks)


def _version(lake: Lake, table: Table, inputs: dict[str, int], fingerprint: str) -> int | None:
    commits = (c for c in lake.commits(table) if c.inputs == inputs and c.fingerprint == fingerprint)
    return next((commit.version for commit in commits), None)
