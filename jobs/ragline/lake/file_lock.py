"""A lock of the operating system on a file: held by one process (and one thread) at a time, and let go when that one ends.

``flock`` on a local disk; on Linux also over NFS from version 4, where the server keeps it for all machines.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.05
# How file systems say that they have no locks.
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


class NoFileLocks(Exception):
    """The file system has no locks."""


class StillLocked(Exception):
    """Another process kept the lock for longer than we wait; the message names it as it named itself."""


@contextmanager
def file_lock(path: Path, holder: str, wait_seconds: float) -> Iterator[None]:
    """Hold the lock on ``path`` for the block. ``holder`` says who we are, for those who wait in vain.

    Raises:
        StillLocked: somebody else has it, and still had it after ``wait_seconds``.
        NoFileLocks: this file system has no locks.
        OSError: the file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(handle, time.monotonic() + wait_seconds)
        os.ftruncate(handle, 0)
        os.pwrite(handle, holder.encode(), 0)
        yield
    finally:
        os.close(handle)  # lets the lock go; the file stays: to remove it would split those who wait from those who come


def _lock(handle: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StillLocked(os.pread(handle, 1000, 0).decode(errors="replace")) from None
        except OSError as error:
            if error.errno in _NO_LOCKS:
                raise NoFileLocks(str(error)) from error
            raise
        time.sleep(_POLL_SECONDS)
