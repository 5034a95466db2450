"""What ingest keeps beside the lake to read less the next time: copies of git repositories, the links of web pages.

A copy of a repository still has the files that the repository has not any more. It can be made again, so it goes as a whole when
something in it is older than deletions may be; the next ingest of the source fetches all of it.
"""

import shutil
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from ragline.config.retention import RetentionSettings
from ragline.errors import LakeError

_CACHES = ("git", "web")
# What an ingest is just making is let alone.
_MADE_HOURS = 1


def remove_old_caches(root: Path, retention: RetentionSettings, now: datetime) -> int:
    """Remove what ``.ragline/`` of a project keeps of sources and has kept longer than ``retention.deleted`` days; return how
    many copies.

    Raises:
        LakeError: a copy cannot be removed.
    """
    limit = (now - max(timedelta(days=retention.deleted), timedelta(hours=_MADE_HOURS))).timestamp()
    try:
        old = [entry for name in _CACHES for entry in (root / ".ragline" / name).glob("*") if _oldest(entry) < limit]
        for entry in old:
            _remove(entry)
    except OSError as error:
        raise LakeError(f"Cannot remove an old copy of a source: {error}") from error
    return len(old)


def _oldest(entry: Path) -> float:
    """When the oldest file of a copy was written."""
    files = [path for path in entry.rglob("*") if path.is_file()] if entry.is_dir() else [entry]
    return min((path.lstat().st_mtime for path in files), default=entry.lstat().st_mtime)


def _remove(entry: Path) -> None:
    if not entry.is_dir():
        entry.unlink(missing_ok=True)
        return
    # At once under its name: whoever opens it meanwhile makes it anew and finds no half of it.
    gone = entry.with_name(f"removed-{uuid.uuid4().hex}")
    entry.rename(gone)
    shutil.rmtree(gone)
