"""Let a release expire: its number stays in the registry, its aliases and its artifacts go."""

from mlflow import MlflowClient

from ragline.config.settings import Settings
from ragline.lake.kept_releases import ExpiredRelease
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.artifacts import remove_artifacts
from ragline.registry.expired import expiry_tag
from ragline.registry.lock import registry_lock


def carry_out_expiry(client: MlflowClient, settings: Settings, expiry: ExpiredRelease) -> bool:
    """Give its aliases to the release that replaces it, tag it as expired, remove its artifacts; return whether anything was
    left to do.

    Killed anywhere and called again, it does the rest: the tag that says that the artifacts are removed comes last.

    Raises:
        ReleaseError: the artifacts cannot be removed.
    """
    release = registry.find_release(client, settings, expiry.release)
    if release_tags.REMOVED in release.tags:
        return False
    with registry_lock(settings):
        # Read again, because an alias is taken away by its name, whoever has it.
        for alias in registry.find_release(client, settings, release.version).aliases:
            if expiry.replaced_by is None:
                registry.delete_alias(client, settings, alias)
            else:
                registry.set_alias(client, settings, alias, expiry.replaced_by)
        registry.set_tags(client, settings, release.version, expiry_tag(expiry))  # from here on it gets none
    remove_artifacts(settings, release)
    # Its copy of the manifest goes too: nothing can be built from it any more.
    if release_tags.MANIFEST in release.tags:
        registry.delete_tag(client, settings, release.version, release_tags.MANIFEST)
    registry.set_tags(client, settings, release.version, {release_tags.REMOVED: "true"})
    return True
