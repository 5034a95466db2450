"""What a run has to do, from table versions and fingerprints alone."""

from dataclasses import dataclass

from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.errors import NothingToDo
from ragline.lake.lake import Lake
from ragline.lake.publications import require_published
from ragline.preprocess.state import StateVersions, find_state


@dataclass(frozen=True)
class Plan:
    """Process the documents written after ``since`` (None: all) up to ``version``, on top of chunks version ``base``."""

    version: int
    since: int | None
    base: int
    state: StateVersions
    fingerprint: str

    @property
    def full(self) -> bool:
        """Whether every document is processed, and the result takes the place of all that is there."""
        return self.since is None


def make_plan(lake: Lake, fingerprint: str, documents_version: int | None, *, full_refresh: bool) -> Plan:
    """Compare the last chunks commit with what would be made now.

    A run never goes back behind the documents version that was processed last, unless a full refresh asks for it.

    Raises:
        MissingInput: no such documents version is published.
        NothingToDo: the chunks are what this run would make.
    """
    version = require_published(lake, DOCUMENTS.name, documents_version).version
    base = lake.ensure(CHUNKS)
    last = lake.last_commit(CHUNKS, at=base)
    if last is None or full_refresh:
        return Plan(version, None, base, StateVersions(), fingerprint)
    processed = last.inputs[DOCUMENTS.name]
    version = max(version, processed)
    if last.fingerprint == fingerprint:
        if version == processed:
            raise NothingToDo(f"the chunks (version {last.version}) were made from documents version {processed} this way.")
        if state := find_state(lake, last):
            return Plan(version, processed, base, state, fingerprint)
    return Plan(version, None, base, StateVersions(), fingerprint)
