"""One lock per pipeline for whatever changes its part of the registry: aliases, tags, versions, and the audit of them.

MLflow has no compare-and-set. So whoever changes something on the ground of what the registry says takes this lock, *reads
again*, and changes: what was read before the lock is taken may be old. Work that takes long (checking a bundle, storing
artifacts, measuring) is done before, without it.

What it holds for: a lake in a folder is locked by ``flock`` on a file in it, for all processes of one machine, and for all
machines where the file system passes locks on (NFS from version 4); a killed process lets go at once. A lake in an object store
is locked by a commit to its table ``leases``, for all machines; after a killed process the next one waits for a minute. Only
Ragline takes the lock: an alias that somebody moves in MLflow's own pages is not held back.
"""

import getpass
import logging
import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from ragline.config.settings import Settings
from ragline.errors import LakeError, RegistryBusy
from ragline.lake.file_lock import NoFileLocks, StillLocked, file_lock
from ragline.lake.lake import Lake
from ragline.lake.lease import Lease, LeaseExpired, lease

log = logging.getLogger(__name__)

WAIT_SECONDS = 300.0
_NAME = "registry"
_held: ContextVar[dict[str, "RegistryLock"] | None] = ContextVar("held registry locks", default=None)


class RegistryLock:
    """The lock while it is held."""

    def __init__(self, pipeline: str, taken: Lease | None = None) -> None:
        self._pipeline = pipeline
        self._lease = taken

    def check(self) -> None:
        """Make sure that the lock is still ours; call it before a change that follows upon slow requests.

        Raises:
            RegistryBusy: we had it for longer than others wait for one who was killed.
        """
        try:
            if self._lease is not None:
                self._lease.check()
        except LeaseExpired:
            raise RegistryBusy(
                f"Changing the registry of {self._pipeline} took too long, and another run may be at it now: "
                "nothing more was changed; run the command again."
            ) from None


@contextmanager
def registry_lock(settings: Settings, wait_seconds: float = WAIT_SECONDS) -> Iterator[RegistryLock]:
    """Hold the registry of a pipeline for the block. Taken again inside itself (in one thread), it is the same lock.

    Raises:
        RegistryBusy: another run has it, and still had it after ``wait_seconds``.
        LakeError: the lake, where the lock stands, cannot be written.
    """
    held = _held.get() or {}
    if settings.lake.uri in held:
        yield held[settings.lake.uri]
        return
    with ExitStack() as stack:
        own = RegistryLock(settings.pipeline, _take(stack, settings, wait_seconds))
        token = _held.set({**held, settings.lake.uri: own})
        try:
            yield own
        finally:
            _held.reset(token)


def _take(stack: ExitStack, settings: Settings, wait_seconds: float) -> Lease | None:
    """Enter the lock into ``stack``; return its lease, if it is made of one."""
    uri = settings.lake.uri
    try:
        if "://" not in uri:
            try:
                stack.enter_context(file_lock(Path(uri) / "_locks" / _NAME, _myself(), wait_seconds))
                return None
            except NoFileLocks:
                log.info("The file system of %s has no locks; a lease in the lake is taken instead.", uri)
            except OSError as error:
                raise LakeError(f"The lock of {settings.pipeline}'s registry cannot be taken in {uri}: {error}") from error
        return stack.enter_context(lease(Lake(uri), _NAME, _myself(), wait_seconds))
    except StillLocked as other:
        raise RegistryBusy(
            f"The registry of {settings.pipeline} is being changed by {str(other) or 'another process'}, for more than "
            f"{wait_seconds:g} s now: run the command again when that one has ended."
        ) from None


def _myself() -> str:
    """Who holds the lock, for a person who waits for it."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = "unknown"
    return f"process {os.getpid()} of {user} on {platform.node()} (since {datetime.now(UTC):%H:%M:%S} UTC)"
