"""Delta's own upkeep: checkpoints of the log, and vacuum."""

import json
from collections.abc import Sequence

from deltalake import DeltaTable, PostCommitHookProperties
from pyarrow import fs

from ragline.lake.files import open_filesystem, read_bytes
from ragline.lake.upkeep_notes import vacuum_note

# The log must not lose old entries here: they say what each version was made from.
_KEEP_LOG = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


def checkpoint(delta: DeltaTable, table_uri: str) -> int:
    """Write a checkpoint of the newest version unless it has one; return how many were written."""
    delta.update_incremental()
    last = read_bytes(f"{table_uri}/_delta_log/_last_checkpoint")
    if last is not None and json.loads(last).get("version") == delta.version():
        return 0
    delta.create_checkpoint()
    return 1


def removable_files(delta: DeltaTable, table_uri: str, retention_hours: int, kept: Sequence[int], *, full: bool) -> list[str]:
    """The files that a vacuum would remove: those that neither a version younger than the retention nor a kept one needs, if
    ``full`` also those that no commit names."""
    named: list[str] = delta.vacuum(
        retention_hours, dry_run=True, enforce_retention_duration=False, full=full, keep_versions=_known(delta, kept)
    )
    # Delta names what was replaced in the last days even if it was removed long ago.
    filesystem, folder = open_filesystem(table_uri)
    infos = filesystem.get_file_info([f"{folder}/{name}" for name in named])
    return [name for name, info in zip(named, infos, strict=True) if info.type != fs.FileType.NotFound]


def vacuum(delta: DeltaTable, table_uri: str, retention_hours: int, kept: Sequence[int], *, full: bool = True) -> int:
    """Remove such files; return how many. A vacuum without anything to remove is not run: it would make two commits."""
    files = removable_files(delta, table_uri, retention_hours, kept, full=full)
    if files:
        delta.vacuum(
            retention_hours,
            dry_run=False,
            enforce_retention_duration=False,
            full=full,
            keep_versions=_known(delta, kept),
            commit_properties=vacuum_note([*kept, delta.version()]),
            post_commithook_properties=_KEEP_LOG,
        )
    return len(files)


def _known(delta: DeltaTable, kept: Sequence[int]) -> list[int] | None:
    return [version for version in kept if version <= delta.version()] or None
