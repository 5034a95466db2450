"""``ragline status``."""

from ragline.commands.options import Config, Json, Overrides
from ragline.commands.releases import registered_releases
from ragline.commands.running import load, print_json


def status(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """Say what is in the lake, what is published, what serves, and how the last runs ended."""
    from ragline.registry.overview import pipeline_status

    settings = load(config, overrides)
    described = pipeline_status(settings, registered_releases(settings))
    if json:
        print_json(described)
        return
    from ragline.commands.display import show_status

    show_status(described)
