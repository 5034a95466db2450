"""Which releases expire for their age: a pure function of what the registry says of them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from ragline.config.retention import RetentionSettings
from ragline.registry.release_tags import CREATED_AT
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.releases import build_order


def releases_to_expire(
    known: Sequence[ReleaseVersion], gone: Collection[int], retention: RetentionSettings, now: datetime
) -> dict[int, str]:
    """The releases that expire, with the reason; ``gone`` are those that have expired already.

    What has an alias stays, and so do the last ``retention.releases`` and those younger than ``retention.release_days``. A
    redacted build is as old as the release whose place it took.
    """
    first_built = build_order(known)
    by_number = {release.version: release for release in known}
    kept = [release for release in known if release.version not in gone]
    newest = sorted(kept, key=lambda release: (first_built[release.version], release.version), reverse=True)
    last = {release.version for release in newest[: retention.releases]}
    limit = now - timedelta(days=retention.release_days)
    reason = f"it is older than {retention.release_days:g} days and not among the last {retention.releases} releases"

    def is_old(release: ReleaseVersion) -> bool:
        original = by_number.get(first_built[release.version], release)
        return _time(original.tags[CREATED_AT]) <= limit

    return {r.version: reason for r in kept if not r.aliases and r.version not in last and is_old(r)}


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
