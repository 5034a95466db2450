"""Delta's own upkeep: checkpoints of the log, and vacuum."""

import json
from collections.abc import Sequence

from deltalake import DeltaTable, PostCommitHookProperties

from ragline.lake.files import read_bytes


def checkpoint(delta: DeltaTable) -> int:
    """Write a checkpoint of the newest version unless it has one; return how many were written."""
    delta.update_incremental()
    last = read_bytes(f"{delta.table_uri.removeprefix('file://').rstrip('/')}/_delta_log/_last_checkpoint")
    if last is not None and json.loads(last).get("version") == delta.version():
        return 0
    delta.create_checkpoint()
    return 1


def vacuum(delta: DeltaTable, retention_hours: int, kept: Sequence[int]) -> int:
    """Remove files that neither a version younger than the retention nor a kept one needs, also those that no commit
    names; return how many. A vacuum without anything to remove is not run: it would make two commits."""
    versions = [version for version in kept if version <= delta.version()] or None
    if not delta.vacuum(retention_hours, dry_run=True, enforce_retention_duration=False, full=True, keep_versions=versions):
        return 0
    keep_log = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
    removed = delta.vacuum(
        retention_hours,
        dry_run=False,
        enforce_retention_duration=False,
        full=True,
        keep_versions=versions,
        post_commithook_properties=keep_log,
    )
    return len(removed)
