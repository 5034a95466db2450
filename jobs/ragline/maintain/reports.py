"""What jobs told of what they did, in files beside the tables: it may quote documents, and follows the same deadlines.

Run manifests keep figures, versions and how the run ended; their messages and facts may name documents, and so may the error in
a lineage event. Great Expectations' pages show samples of what failed.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pyarrow import fs

from ragline.config.retention import RetentionSettings
from ragline.errors import LakeError
from ragline.lake.files import open_filesystem, read_bytes, write_bytes

Report = dict[str, Any]

_MANIFESTS, _EVENTS, _PAGES = "_runs", "_lineage", "_docs"
# A killed write leaves a file of this ending; a living one renames it within moments.
_UNFINISHED, _UNFINISHED_HOURS = ".tmp", 24
# Whoever started a job reads its manifest when it has ended.
_READ_HOURS = 1


def clear_reports(lake_uri: str, retention: RetentionSettings, now: datetime) -> int:
    """Take out of reports what may name documents, once they are older than deletions may be; remove manifests and pages older
    than ``retention.runs`` days; return how many files changed.

    Raises:
        LakeError: a report cannot be read, written or removed.
    """
    quoting = now - max(timedelta(days=min(retention.deleted, retention.runs)), timedelta(hours=_READ_HOURS))
    oldest = now - timedelta(days=retention.runs)
    changed = 0
    for uri, written in _files(lake_uri, _MANIFESTS):
        if written < oldest:
            changed += _removed(uri)
        elif written < quoting:
            changed += _rewritten(uri, _without_words)
    changed += sum(_rewritten(uri, _without_error) for uri, written in _files(lake_uri, _EVENTS) if written < quoting)
    changed += sum(_removed(uri) for uri, written in _files(lake_uri, _PAGES) if written < quoting)
    unfinished = now - timedelta(hours=_UNFINISHED_HOURS)
    for folder in (_MANIFESTS, _EVENTS, _PAGES):
        changed += sum(_removed(uri) for uri, written in _files(lake_uri, folder, _UNFINISHED) if written < unfinished)
    return changed


def _files(lake_uri: str, name: str, ending: str = "") -> Iterator[tuple[str, datetime]]:
    """The files below a folder of the lake with one ending, or, without one, all that are finished; and their times."""
    filesystem, folder = open_filesystem(f"{lake_uri}/{name}")
    try:
        infos = filesystem.get_file_info(fs.FileSelector(folder, recursive=True, allow_not_found=True))
    except OSError as error:
        raise LakeError(f"Cannot list {lake_uri}/{name}: {error}") from error
    for info in infos:
        if info.type == fs.FileType.File and info.path.endswith(_UNFINISHED) == bool(ending):
            yield f"{lake_uri}/{name}{info.path[len(folder) :]}", info.mtime or datetime.now(UTC)


def _removed(uri: str) -> bool:
    filesystem, path = open_filesystem(uri)
    try:
        filesystem.delete_file(path)
    except FileNotFoundError:
        return False  # a gate has just made its pages anew
    except OSError as error:
        raise LakeError(f"Cannot remove {uri}: {error}") from error
    return True


def _rewritten(uri: str, without: Callable[[Report], Report]) -> bool:
    content = read_bytes(uri)
    try:
        told = json.loads(content or b"{}")
    except ValueError:
        return False  # not one of ours
    kept = without(told)
    if kept == told:
        return False
    write_bytes(uri, json.dumps(kept, indent=2).encode())
    return True


def _without_words(manifest: Report) -> Report:
    return {**manifest, "message": "", "facts": {}} if "run_id" in manifest else manifest


def _without_error(event: Report) -> Report:
    facets = event.get("run", {}).get("facets", {})
    if not facets.get("errorMessage", {}).get("message"):
        return event
    error = {**{name: value for name, value in facets["errorMessage"].items() if name != "stackTrace"}, "message": ""}
    return {**event, "run": {**event["run"], "facets": {**facets, "errorMessage": error}}}
