"""Which releases are kept, and which have expired: the append-only table ``expired_releases``.

A release expires once and for ever. Its number stays in the history; its bundle is removed, and it pins no table version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.tables import EXPIRED_RELEASES
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.publications import RELEASE, Publication, publications

# In the ``gate_result`` of a release's publication: the release that it replaces without the content of deleted documents.
REDACTED_FROM = "redacted_from"
# There too: how many documents were left out that the chunks' version holds.
LEFT_OUT = "left_out"


@dataclass(frozen=True)
class ExpiredRelease:
    """A release that has expired: why, when, and the build without deleted documents that took its place, if any."""

    release: int
    reason: str
    expired_at: datetime
    replaced_by: int | None = None


def kept_releases(lake: Lake) -> list[Publication]:
    """The publications of all releases that have not expired, oldest first. A release published twice stands twice."""
    gone = expired_releases(lake)
    return [publication for publication in publications(lake, RELEASE) if publication.version not in gone]


def pinned_versions(lake: Lake) -> dict[str, set[int]]:
    """By table: the versions that kept releases were built from, from which they can be built again.

    One that leaves deleted documents out pins them too: compaction keeps such a version readable, without those documents.
    """
    pinned: dict[str, set[int]] = {}
    for publication in kept_releases(lake):
        for table, version in publication.inputs.items():
            pinned.setdefault(table, set()).add(version)
    return pinned


def last_built(lake: Lake) -> Publication | None:
    """The publication of the release that was built last, or of the redacted build in its place; None if it has expired."""
    found = publications(lake, RELEASE)
    built = [publication for publication in found if REDACTED_FROM not in publication.gate_result]
    if not built:
        return None
    current = successor(lake, built[-1].version)
    return next((publication for publication in reversed(found) if publication.version == current), None)


def expired_releases(lake: Lake) -> Mapping[int, ExpiredRelease]:
    """Every release that has expired, by its number."""
    rows = lake.read(EXPIRED_RELEASES).sort_by([("seq", "descending")]).to_pylist()
    # The first row of a release counts: what was recorded again after a kill changes nothing.
    return {row["release"]: ExpiredRelease(row["release"], row["reason"], row["expired_at"], row["replaced_by"]) for row in rows}


def successor(lake: Lake, release: int) -> int | None:
    """The release that stands in for one today: itself while it is kept, else the redacted build that replaced it (or the one
    that replaced that); None if it expired without one."""
    last = stand_ins(lake).get(release, release)
    return None if last in expired_releases(lake) else last


def stand_ins(lake: Lake) -> Mapping[int, int]:
    """For each release that was replaced by a redacted build, the last of those builds: whoever knows a release by its number
    from earlier means that one now."""
    replaced = {gone.release: gone.replaced_by for gone in expired_releases(lake).values() if gone.replaced_by is not None}
    last = {}
    for release in replaced:
        last[release] = replaced[release]
        while last[release] in replaced:
            last[release] = replaced[last[release]]
    return last


def expire(lake: Lake, release: int, *, reason: str, run_id: str, replaced_by: int | None = None) -> None:
    """Record that a release has expired. Recording it again changes nothing."""
    row = {
        "release": release,
        "reason": reason,
        "replaced_by": replaced_by,
        "run_id": run_id,
        "expired_at": datetime.now(UTC),
        "seq": 0,
    }
    commit = Commit(fingerprint({"expired release": release}), run_id)
    lake.append(EXPIRED_RELEASES, pa.Table.from_pylist([row], schema=EXPIRED_RELEASES.schema), commit)
