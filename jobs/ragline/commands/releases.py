"""``ragline releases``."""

from typing import TYPE_CHECKING, Any

from ragline.commands.options import Config, Json, Overrides
from ragline.commands.running import load, print_json

if TYPE_CHECKING:
    from ragline.config.settings import Settings


def releases(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """List the releases, newest first: aliases, verdicts, metrics, what they were made from."""
    from ragline.registry.overview import describe_release

    settings = load(config, overrides)
    described = [describe_release(release) for release in registered_releases(settings)]
    if json:
        print_json(described)
        return
    from ragline.commands.display import show_releases

    show_releases(settings.pipeline, described)


def registered_releases(settings: "Settings") -> list[Any]:
    """Every release, newest first. Without a registry there is none, and MLflow, which takes seconds, is not imported."""
    from ragline.registry.without_mlflow import registry_is_empty

    if registry_is_empty(settings):
        return []
    from ragline.registry import releases as registry
    from ragline.registry.tracking import connect

    return registry.releases(connect(settings), settings)
