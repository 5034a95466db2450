"""What killed jobs left under ``<lake>/_staging``."""

import shutil
import time
from pathlib import Path

# A release is staged for minutes; what has not been touched for a day belongs to nobody.
STAGED_HOURS = 24


def remove_leftovers(lake_uri: str, retention_hours: int) -> int:
    """Remove staged folders and files untouched for a day (or for the retention, if shorter); return how many."""
    staging = Path(lake_uri) / "_staging"
    if "://" in lake_uri or not staging.is_dir():
        return 0
    limit = time.time() - 3600 * min(retention_hours, STAGED_HOURS)
    leftovers = [entry for entry in staging.iterdir() if _last_touched(entry) <= limit]
    for entry in leftovers:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return len(leftovers)


def _last_touched(entry: Path) -> float:
    below = entry.rglob("*") if entry.is_dir() and not entry.is_symlink() else ()
    return max(float(path.lstat().st_mtime) for path in (entry, *below))
