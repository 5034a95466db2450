"""What ``ragline search``, ``releases`` and ``status`` print."""

import json
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from ragline.contracts.names import CHAMPION, retriever_name
from ragline.errors import RegistryError
from ragline.release import registry
from ragline.release.overview import describe_release, pipeline_status
from ragline.release.search import Searcher, check_mode
from ragline.runtime.settings import Settings

if TYPE_CHECKING:
    from ragline.release.registry import ReleaseVersion

_QUIET_WHILE_SEARCHING = ("mlflow", "alembic", "sentence_transformers")


def search_command(settings: Settings, question: str, *, k: int, mode: str, release: str, as_json: bool) -> None:
    """Search a release by alias or number and print the passages with where they came from.

    Raises:
        ConfigError: there is no such mode.
        RegistryError: there is no such release.
    """
    chosen = check_mode(mode)
    for noisy in _QUIET_WHILE_SEARCHING:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    searcher = open_searcher(settings, release, with_encoder=chosen != "lexical")
    hits = searcher.search(question, k, chosen)[0]
    if as_json:
        _echo_json([asdict(hit) for hit in hits])
        return
    from ragline.release.display import show_hits

    show_hits(question, hits)


def open_searcher(settings: Settings, release: str = CHAMPION, *, with_encoder: bool = True) -> Searcher:
    """A searcher over a registered release, found by alias or number.

    Raises:
        RegistryError: there is no such release.
    """
    if registry.registry_is_empty(settings):
        raise RegistryError(f"{retriever_name(settings.pipeline)} has no release yet: run 'ragline index' to build one.")
    from ragline.release.registration import bundle_folder
    from ragline.runtime.lake import Lake
    from ragline.runtime.tracking import connect

    client = connect(settings)
    found = registry.find_release(client, settings, release)
    return Searcher.open(
        bundle_folder(client, settings, found),
        Lake(settings.lake.uri),
        release=str(found.version),
        with_encoder=with_encoder,
        device=settings.embedding.device,
    )


def releases_command(settings: Settings, *, as_json: bool) -> None:
    """List the releases, newest first."""
    described = [describe_release(release) for release in _known(settings)]
    if as_json:
        _echo_json(described)
        return
    from ragline.release.display import show_releases

    show_releases(settings.pipeline, described)


def status_command(settings: Settings, *, as_json: bool) -> None:
    """Say what is in the lake, what is published, what serves, and how the last runs ended."""
    status = pipeline_status(settings, _known(settings))
    if as_json:
        _echo_json(status)
        return
    from ragline.release.display import show_status

    show_status(status)


def _known(settings: Settings) -> "list[ReleaseVersion]":
    if registry.registry_is_empty(settings):
        return []
    from ragline.runtime.tracking import connect

    return registry.releases(connect(settings), settings)


def _echo_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
