"""Find the releases of a pipeline in the MLflow registry, and set their aliases and tags.

A release is a version of the registered model ``<pipeline>.retriever``. The alias ``champion`` stands on the release that
serves; tags say what a release was built from and how it was judged.
"""

from collections.abc import Iterable, Mapping

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ragline.config.settings import Settings
from ragline.contracts.names import CHAMPION, retriever_name
from ragline.contracts.redaction import redacted
from ragline.errors import RegistryError
from ragline.registry import release_tags
from ragline.registry.expired import refuse_expired
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.without_mlflow import no_release_yet


def releases(client: MlflowClient, settings: Settings) -> list[ReleaseVersion]:
    """List every release of the pipeline, newest first."""
    name = retriever_name(settings.pipeline)
    aliases = _aliases(client, name)
    found = [
        ReleaseVersion(
            version=int(entry.version),
            aliases=tuple(sorted(alias for alias, version in aliases.items() if version == int(entry.version))),
            tags=dict(entry.tags),
            source=str(entry.source),
            run_id=entry.run_id or None,
        )
        for entry in client.search_model_versions(f"name='{name}'", max_results=10_000)
    ]
    return sorted(found, key=lambda release: -release.version)


def _aliases(client: MlflowClient, name: str) -> dict[str, int]:
    try:
        return {alias: int(version) for alias, version in client.get_registered_model(name).aliases.items()}
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return {}
        raise RegistryError(f"The MLflow registry cannot be read: {error.message}") from error


def find_release(client: MlflowClient, settings: Settings, ref: str | int | None) -> ReleaseVersion:
    """Find the release with this number or alias; for None the newest one that has not expired.

    Raises:
        RegistryError: there is none, or no release at all.
    """
    known = releases(client, settings)
    if not known:
        raise no_release_yet(settings)
    if ref is None:
        return _newest(known)
    wanted = str(ref).strip()
    for release in known:
        if wanted in release.aliases or (wanted.isdecimal() and int(wanted) == release.version):
            return release
    raise RegistryError(_not_found(settings, wanted, known))


def _newest(known: list[ReleaseVersion]) -> ReleaseVersion:
    """The newest release that has not expired; a redacted build is as new as the release whose place it took."""
    kept = [release for release in known if release_tags.EXPIRED not in release.tags] or known
    age = build_order(known)
    return max(kept, key=lambda release: (age[release.version], release.version))


def build_order(known: Iterable[ReleaseVersion]) -> dict[int, int]:
    """For each release the number under which what it holds was built first: its own, or that of the release it was redacted
    from (or which that was redacted from)."""
    before = {r.version: int(r.tags[release_tags.REDACTED_FROM]) for r in known if release_tags.REDACTED_FROM in r.tags}
    order = {}
    for release in known:
        first = release.version
        while first in before:
            first = before[first]
        order[release.version] = first
    return order


def _not_found(settings: Settings, wanted: str, known: list[ReleaseVersion]) -> str:
    aliases = sorted(f"{alias} ({release.version})" for release in known for alias in release.aliases)
    there = f"releases {known[-1].version} to {known[0].version}" if len(known) > 1 else f"release {known[0].version}"
    hint = " Promote one first ('ragline promote'), or name one with --release." if wanted == CHAMPION else ""
    return (
        f"{retriever_name(settings.pipeline)} has no release {wanted!r}; there is {there}, "
        f"aliases: {', '.join(aliases) or 'none'}.{hint}"
    )


def champion(client: MlflowClient, settings: Settings) -> ReleaseVersion | None:
    """Get the release that serves, or None."""
    return with_alias(client, settings, CHAMPION)


def with_alias(client: MlflowClient, settings: Settings, alias: str) -> ReleaseVersion | None:
    """Get the release that has this alias, or None."""
    return next((release for release in releases(client, settings) if alias in release.aliases), None)


def with_fingerprint(client: MlflowClient, settings: Settings, fingerprint: str) -> ReleaseVersion | None:
    """Get the newest release with this fingerprint, which is that of its inputs and settings, or None; expired ones do not
    count."""
    kept = (release for release in releases(client, settings) if release_tags.EXPIRED not in release.tags)
    return next((release for release in kept if release.tags.get(release_tags.RELEASE_FINGERPRINT) == fingerprint), None)


def set_alias(client: MlflowClient, settings: Settings, alias: str, version: int) -> None:
    """Give an alias to a release; no other release of the pipeline keeps it.

    Raises:
        ExpiredRelease: it has expired.
    """
    refuse_expired(settings, find_release(client, settings, version))
    client.set_registered_model_alias(retriever_name(settings.pipeline), alias, str(version))


def delete_alias(client: MlflowClient, settings: Settings, alias: str) -> None:
    """Remove an alias; nothing happens if no release has it."""
    client.delete_registered_model_alias(retriever_name(settings.pipeline), alias)


def set_tags(client: MlflowClient, settings: Settings, version: int, tags: Mapping[str, str]) -> None:
    """Set these tags of a release and leave its other tags as they are."""
    for key, value in tags.items():
        client.set_model_version_tag(retriever_name(settings.pipeline), str(version), key, redacted(value))


def delete_tag(client: MlflowClient, settings: Settings, version: int, key: str) -> None:
    """Remove a tag of a release."""
    client.delete_model_version_tag(retriever_name(settings.pipeline), str(version), key)
