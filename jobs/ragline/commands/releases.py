"""``ragline search``, ``releases`` and ``status``: what there is."""

from typing import Annotated

import typer

from ragline.commands.options import Config, Json, Overrides
from ragline.commands.running import load


def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    config: Config = None,
    overrides: Overrides = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 5,
    mode: Annotated[str, typer.Option(help="fused, dense or lexical")] = "fused",
    release: Annotated[str, typer.Option(help="Alias or version.")] = "champion",
    json: Json = False,
) -> None:
    """Search a release; every hit says where it came from."""
    from ragline.release.command import search_command

    search_command(load(config, overrides), question, k=k, mode=mode, release=release, as_json=json)


def releases(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """List the releases, newest first: aliases, verdicts, metrics, what they were made from."""
    from ragline.release.command import releases_command

    releases_command(load(config, overrides), as_json=json)


def status(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """Say what is in the lake, what is published, what serves, and how the last runs ended."""
    from ragline.release.command import status_command

    status_command(load(config, overrides), as_json=json)
