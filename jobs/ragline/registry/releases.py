"""The releases of a pipeline, as the MLflow registry knows them.

A release is a version of the registered model ``<pipeline>.retriever``. Aliases say what serves; tags say what a
version was made from and how it was judged. Tag values are strings; what is not text is JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.settings import Settings
from ragline.contracts.names import CHAMPION, retriever_name
from ragline.errors import RegistryError

if TYPE_CHECKING:
    from mlflow import MlflowClient

RELEASE_FINGERPRINT = "ragline.release_fingerprint"
INPUTS = "ragline.inputs"
COUNTS = "ragline.counts"
BUILD_RUN = "ragline.run_id"
CREATED_AT = "ragline.created_at"
EMBEDDER_VERSION = "ragline.embedder_version"
EMBEDDER_FINGERPRINT = "ragline.embedder_fingerprint"
VERDICT = "ragline.verdict"
VERDICT_CHAMPION = "ragline.verdict.champion"
VERDICT_REASON = "ragline.verdict.reason"
METRICS = "ragline.metrics"
ROLLED_BACK = "ragline.rolled_back"


@dataclass(frozen=True)
class ReleaseVersion:
    """A registered release. ``source`` is the URI of its MLflow model folder, which holds the bundle."""

    version: int
    aliases: tuple[str, ...]
    tags: dict[str, str]
    source: str
    run_id: str | None


def registry_is_empty(settings: Settings) -> bool:
    """Whether the registry is a SQLite file that does not exist yet; told without importing MLflow."""
    uri = settings.tracking.uri
    return uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).exists()


def releases(client: "MlflowClient", settings: Settings) -> list[ReleaseVersion]:
    """Every release of the pipeline, newest first."""
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


def _aliases(client: "MlflowClient", name: str) -> dict[str, int]:
    from mlflow.exceptions import MlflowException

    try:
        return {alias: int(version) for alias, version in client.get_registered_model(name).aliases.items()}
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return {}
        raise RegistryError(f"The MLflow registry cannot be read: {error.message}") from error


def find_release(client: "MlflowClient", settings: Settings, ref: str | int | None) -> ReleaseVersion:
    """The release with this number or alias; the newest for None.

    Raises:
        RegistryError: there is none, or no release at all.
    """
    known = releases(client, settings)
    if not known:
        raise RegistryError(f"{retriever_name(settings.pipeline)} has no release yet: run 'ragline index' to build one.")
    if ref is None:
        return known[0]
    wanted = str(ref).strip()
    for release in known:
        if wanted in release.aliases or (wanted.isdecimal() and int(wanted) == release.version):
            return release
    raise RegistryError(_not_found(settings, wanted, known))


def _not_found(settings: Settings, wanted: str, known: list[ReleaseVersion]) -> str:
    aliases = sorted(f"{alias} ({release.version})" for release in known for alias in release.aliases)
    there = f"releases {known[-1].version} to {known[0].version}" if len(known) > 1 else f"release {known[0].version}"
    hint = " Promote one first ('ragline promote'), or name one with --release." if wanted == CHAMPION else ""
    return (
        f"{retriever_name(settings.pipeline)} has no release {wanted!r}; there is {there}, "
        f"aliases: {', '.join(aliases) or 'none'}.{hint}"
    )


def champion(client: "MlflowClient", settings: Settings) -> ReleaseVersion | None:
    """The release that serves, or None."""
    return with_alias(client, settings, CHAMPION)


def with_alias(client: "MlflowClient", settings: Settings, alias: str) -> ReleaseVersion | None:
    """The release that an alias stands on, or None."""
    return next((release for release in releases(client, settings) if alias in release.aliases), None)


def with_fingerprint(client: "MlflowClient", settings: Settings, fingerprint: str) -> ReleaseVersion | None:
    """The newest release built from exactly these inputs and settings, or None."""
    return next((r for r in releases(client, settings) if r.tags.get(RELEASE_FINGERPRINT) == fingerprint), None)


def set_alias(client: "MlflowClient", settings: Settings, alias: str, version: int) -> None:
    """Put an alias on a release, off any other."""
    client.set_registered_model_alias(retriever_name(settings.pipeline), alias, str(version))


def delete_alias(client: "MlflowClient", settings: Settings, alias: str) -> None:
    """Take an alias away; nothing happens if no release has it."""
    client.delete_registered_model_alias(retriever_name(settings.pipeline), alias)


def set_tags(client: "MlflowClient", settings: Settings, version: int, tags: Mapping[str, str]) -> None:
    """Set tags of a release; others stay."""
    for key, value in tags.items():
        client.set_model_version_tag(retriever_name(settings.pipeline), str(version), key, value)


def delete_tag(client: "MlflowClient", settings: Settings, version: int, key: str) -> None:
    """Remove a tag of a release."""
    client.delete_model_version_tag(retriever_name(settings.pipeline), str(version), key)
