"""What is said of a release that has expired."""

import json

from ragline.config.settings import Settings
from ragline.contracts.names import retriever_name
from ragline.errors import ExpiredRelease
from ragline.lake.kept_releases import ExpiredRelease as Expiry
from ragline.registry.release_tags import EXPIRED
from ragline.registry.release_version import ReleaseVersion


def expiry_tag(expiry: Expiry) -> dict[str, str]:
    """The tag of a release that has expired."""
    said = {"at": expiry.expired_at.isoformat(), "reason": expiry.reason, "replaced_by": expiry.replaced_by}
    return {EXPIRED: json.dumps(said, sort_keys=True)}


def refuse_expired(settings: Settings, release: ReleaseVersion) -> None:
    """Let a release pass that has not expired.

    Raises:
        ExpiredRelease: it has; says when, why, and what to use instead.
    """
    if (tag := release.tags.get(EXPIRED)) is None:
        return
    said = json.loads(tag)
    replaced = said.get("replaced_by")
    instead = (
        f"use release {replaced}, which took its place" if replaced else "use another release ('ragline releases' lists them)"
    )
    raise ExpiredRelease(
        f"Release {release.version} of {retriever_name(settings.pipeline)} expired on {said['at'][:10]}: {said['reason']}. Its "
        f"bundle is removed, and the table versions that it was built from are no longer kept for it: {instead}, or build a new "
        "one with 'ragline index'."
    )
