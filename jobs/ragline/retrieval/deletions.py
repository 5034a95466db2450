"""Documents deleted since a release was made: hidden from its searches at once."""

import logging

import pyarrow.compute as pc

from ragline.contracts.tables import PUBLISHED, TOMBSTONES
from ragline.errors import LakeError
from ragline.lake.lake import Lake

log = logging.getLogger(__name__)


class Tombstones:
    """The ``doc_id`` of every document deleted after one version of the documents table.

    ``hidden()`` asks the lake for the newest version of its tombstones each time and reads them only when it is another
    one, so a server that runs for weeks hides a deleted document with the next query. A lake that cannot be reached
    leaves what was known before, with a warning.
    """

    def __init__(self, lake: Lake, documents_version: int) -> None:
        self._lake = lake
        self._after = documents_version
        self._version: int | None = None
        self._hidden: frozenset[str] = frozenset()
        self._warned = False

    def hidden(self) -> frozenset[str]:
        """The documents to leave out of a search made now."""
        try:
            self._refresh()
            self._warned = False
        except LakeError as error:
            if not self._warned:
                log.warning("Deletions since documents version %d may still be found: %s", self._after, error)
            self._warned = True
        return self._hidden

    def _refresh(self) -> None:
        version = self._lake.version(TOMBSTONES)
        if version is None:
            if self._lake.version(PUBLISHED) is None:
                raise LakeError(f"There is no lake at {self._lake.uri}.")
            return
        if version != self._version:
            newer = pc.field("documents_version") > self._after
            rows = self._lake.read(TOMBSTONES, version, columns=["doc_id"], filter=newer)
            self._hidden, self._version = frozenset(rows["doc_id"].to_pylist()), version
