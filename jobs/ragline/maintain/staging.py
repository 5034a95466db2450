"""What ended jobs left under ``<lake>/_staging``, in a folder or an object store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyarrow import fs

from ragline.contracts.run_manifest import run_manifest_uri
from ragline.errors import LakeError
from ragline.lake.files import open_filesystem
from ragline.lake.run_manifests import load_run_manifest

# A release is staged for minutes; what has not been touched for a day belongs to nobody.
STAGED_HOURS = 24
# Whoever looks at a run that has just ended still finds what it staged.
_ENDED_HOURS = 1
_INGEST = "ingest"


@dataclass(frozen=True)
class Staging:
    """What one run staged: its path below the staging folder, and when it was last touched."""

    name: str
    touched: datetime
    is_folder: bool

    @property
    def ingest_run(self) -> str | None:
        """The name under which ingest staged it."""
        kind, _, name = self.name.partition("/")
        return name if kind == _INGEST and name else None


def remove_leftovers(lake_uri: str, retention_hours: int, now: datetime | None = None) -> int:
    """Remove each staging that nobody uses any more; return how many.

    Each is judged by itself, by the newest file in it. What a release was built in has been left if it was not touched for a day.
    What ingest staged waits for its commit as long as the uncommitted files of tables do, the retention; an hour, if the run of
    that name has ended since.

    Raises:
        LakeError: the staging folder cannot be read or written.
    """
    now = datetime.now(UTC) if now is None else now
    filesystem, folder = open_filesystem(f"{lake_uri}/_staging")
    try:
        left = [one for one in stagings(filesystem, folder) if _is_left(lake_uri, one, retention_hours, now)]
        for staging in left:
            if staging.is_folder:
                filesystem.delete_dir(f"{folder}/{staging.name}")
            else:
                filesystem.delete_file(f"{folder}/{staging.name}")
    except OSError as error:
        raise LakeError(f"Cannot clear {lake_uri}/_staging: {error}") from error
    return len(left)


def stagings(filesystem: fs.FileSystem, folder: str) -> list[Staging]:
    """Every staging below the folder: those of ingest stand one level deeper than others."""
    infos = filesystem.get_file_info(fs.FileSelector(folder, recursive=True, allow_not_found=True))
    found: dict[str, Staging] = {}
    for name, is_folder, touched in _entries(infos, folder):
        before = found.get(name)
        if before is not None:
            is_folder, touched = is_folder or before.is_folder, max(touched, before.touched)
        found[name] = Staging(name, touched, is_folder)
    return list(found.values())


def _entries(infos: Sequence[fs.FileInfo], folder: str) -> Iterator[tuple[str, bool, datetime]]:
    """Of each file and folder: the staging it is part of, whether that is a folder, and its time."""
    for info in infos:
        parts = info.path[len(folder) :].strip("/").split("/")
        length = 2 if parts[0] == _INGEST else 1
        is_folder = info.type == fs.FileType.Directory
        # Folders of an object store are no things of their own and have no time. That of ingest holds all its stagings.
        if is_folder and (info.mtime is None or parts == [_INGEST]):
            continue
        yield "/".join(parts[:length]), is_folder or len(parts) > length, info.mtime


def _is_left(lake_uri: str, staging: Staging, retention_hours: int, now: datetime) -> bool:
    age = now - staging.touched
    if staging.ingest_run is None:
        return age >= timedelta(hours=min(retention_hours, STAGED_HOURS))
    if age >= timedelta(hours=retention_hours):
        return True
    return age >= timedelta(hours=_ENDED_HOURS) and _has_ended(lake_uri, staging.ingest_run, staging.touched)


def _has_ended(lake_uri: str, run_id: str, touched: datetime) -> bool:
    """Whether a run of this id has ended after it last touched what it staged."""
    manifest = load_run_manifest(run_manifest_uri(lake_uri, _INGEST, run_id))
    ended = manifest.ended_at if manifest else None
    return ended is not None and datetime.fromisoformat(ended) >= touched
