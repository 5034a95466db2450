"""What was deleted since a release was made: hidden from its searches within seconds."""

import logging
import threading
import time
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.contracts.tables import PUBLISHED, TOMBSTONES
from ragline.errors import DeletionsUnknown, LakeError
from ragline.lake.lake import Lake
from ragline.retrieval.background import Background
from ragline.retrieval.hidden import Hidden, HiddenSince

log = logging.getLogger(__name__)

# A search waits no longer for the lake, once there is a list that it may go by.
_PATIENCE_SECONDS = 1.0


class Tombstones:
    """Everything deleted after one version of the documents table, read in the background.

    The first search reads the list itself. From the first search on that finds it too old, a thread reads what is new twice in
    ``refresh_seconds``, so that searches pass without asking the lake. One that finds the list older than ``refresh_seconds`` all
    the same waits for an attempt to read it, but not longer than a second: a lake that hangs makes no search hang.
    """

    def __init__(
        self,
        lake: Lake,
        documents_version: int,
        policy: DeletionPolicy | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lake, self._after, self._clock = lake, documents_version, clock
        self._policy = policy or DeletionPolicy()
        self._since = HiddenSince(documents_version)
        self._hidden = Hidden()
        self._chunks: pa.Table | None = None
        self._version: int | None = None
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._error: Exception | None = None
        self._reading, self._tried = threading.Lock(), threading.Condition()
        self._background = Background(self, Tombstones.refresh, self._policy.refresh_seconds / 2)

    def hides_rows_of(self, chunks: pa.Table) -> None:
        """Have the rows to leave out of a release computed where the list is read, not in a search."""
        self._chunks = chunks

    def hidden(self) -> Hidden:
        """What to leave out of a search made now.

        Raises:
            DeletionsUnknown: the policy is strict, and the list was never read, or not for too long.
        """
        if self._tried_at is None:
            self.refresh()
        elif self._clock() - self._tried_at > self._policy.refresh_seconds:
            self._wait_for_an_attempt()
        self._check()
        return self._hidden

    def refresh(self) -> None:
        """Read what is new."""
        with self._reading:
            begun = self._clock()
            try:
                self._read()
            except Exception as error:  # whatever it is: a list that may be incomplete must not be taken for a new one
                self._note(error)
            else:
                self._read_at = begun
                self._note(None)
        with self._tried:
            self._tried_at = begun
            self._tried.notify_all()

    def close(self) -> None:
        """End the thread, if there is one."""
        self._background.stop()

    def _read(self) -> None:
        version = self._lake.version(TOMBSTONES)
        if version is None and (self._version is not None or self._lake.version(PUBLISHED) is None):
            raise LakeError(f"There is no lake at {self._lake.uri}.")
        if version is None or version == self._version:
            return
        # A lake that was put back from a copy has fewer versions: it is read from the start.
        since = self._version if self._version is not None and self._version < version else None
        newer = pc.field("documents_version") > self._after
        hidden = self._since.add(self._lake.read(TOMBSTONES, version, filter=newer, since=since))
        if self._chunks is not None:
            hidden.rows(self._chunks)
        self._hidden, self._version = hidden, version

    def _wait_for_an_attempt(self) -> None:
        with self._tried:
            before = self._tried_at
            self._background.wake()
            if not self._tried.wait_for(lambda: self._tried_at != before, _PATIENCE_SECONDS):
                self._tried_at = self._clock()  # the next searches do not wait as well

    def _note(self, error: Exception | None) -> None:
        if error is not None and self._error is None:
            log.warning("Deletions since documents version %d may still be found: %s", self._after, error)
        elif error is None and self._error is not None:
            log.info("Deletions since documents version %d are known again.", self._after)
        self._error = error

    def _check(self) -> None:
        if self._policy.deletions == "last_known":
            return
        advice = "Make sure that this machine reaches the lake; search.deletions: last_known searches without it."
        if self._read_at is None:
            raise DeletionsUnknown(
                f"Not ready to search: what was deleted since the release was made is not known. {self._error} {advice}"
            )
        age = self._clock() - self._read_at
        if age > self._policy.outage_seconds:
            raise DeletionsUnknown(
                f"Not ready to search: what was deleted in the last {age:,.0f} seconds is not known (search.outage_seconds: "
                f"{self._policy.outage_seconds:g}). {self._error or 'The lake does not answer.'} {advice}"
            )
