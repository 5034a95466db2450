"""A lock for writers on different machines, made of commits: the table ``leases``.

Taking it is a commit on top of the version that was read, which Delta lets only one of several writers make. A holder that
was killed cannot give it back: it counts as gone when its row has stood unchanged for ``LEASE_SECONDS``, measured on the clock
of whoever waits, so that clocks of machines need not agree.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import LEASES
from ragline.errors import CommitConflict
from ragline.lake.commits import Commit
from ragline.lake.file_lock import StillLocked
from ragline.lake.lake import Lake

LEASE_SECONDS = 60.0
_POLL_SECONDS = 0.2
_FREE = ""


class LeaseExpired(Exception):
    """The holder took longer than a lease lasts: somebody else may hold it now."""


class Lease:
    """A lease that this process has taken."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def check(self) -> None:
        """Raise ``LeaseExpired`` if the lease has ended."""
        if time.monotonic() >= self._ends:
            raise LeaseExpired


@contextmanager
def lease(lake: Lake, name: str, holder: str, wait_seconds: float, lease_seconds: float = LEASE_SECONDS) -> Iterator[Lease]:
    """Hold the lease of this name for the block, which should check it before each change that it makes.

    Raises:
        StillLocked: somebody else has it, and still had it after ``wait_seconds``.
        LakeError: the lake cannot be read or written.
    """
    started = time.monotonic()
    taken = _take(lake, name, holder, started + wait_seconds, lease_seconds)
    try:
        # A little less than what others wait for: the commit itself took time.
        yield Lease(lease_seconds * 0.9)
    finally:
        _give_back(lake, name, taken)


def _take(lake: Lake, name: str, holder: str, deadline: float, lease_seconds: float) -> int:
    """Wait until nobody holds the lease and take it; return the version that says so."""
    watched, since = -1, time.monotonic()
    while True:
        version = lake.version(LEASES)
        seq, held_by = _newest(lake, name, version)
        now = time.monotonic()
        if seq != watched:
            watched, since = seq, now
        if held_by == _FREE or now - since >= lease_seconds:
            try:
                return lake.write(LEASES, _row(name, holder), Commit(uuid.uuid4().hex, ""), version)
            except CommitConflict:
                continue
        if now >= deadline:
            raise StillLocked(held_by)
        time.sleep(_POLL_SECONDS)


def _give_back(lake: Lake, name: str, taken: int) -> None:
    """Free the lease, unless somebody has taken it over meanwhile."""
    while True:
        version = lake.version(LEASES)
        if _newest(lake, name, version)[0] != taken:
            return
        try:
            lake.write(LEASES, _row(name, _FREE), Commit(uuid.uuid4().hex, ""), version)
            return
        except CommitConflict:
            continue


def _newest(lake: Lake, name: str, version: int | None) -> tuple[int, str]:
    """The version that wrote the newest row of a lease, and who holds it since; (-1, free) for one never taken."""
    if version is None:
        return -1, _FREE
    named = pc.field("name") == name
    # The newest commit nearly always is the row: then one small file is read, however long the table is.
    rows = lake.read(LEASES, version, columns=["holder", "seq"], filter=named, since=version - 1)
    rows = rows if rows.num_rows else lake.read(LEASES, version, columns=["holder", "seq"], filter=named)
    newest = max(rows.to_pylist(), key=lambda row: row["seq"], default=None)
    return (-1, _FREE) if newest is None else (newest["seq"], newest["holder"])


def _row(name: str, holder: str) -> pa.Table:
    row = {"name": name, "holder": holder, "at": datetime.now(UTC), "seq": 0}
    return pa.Table.from_pylist([row], schema=LEASES.schema)
