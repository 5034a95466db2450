"""``ragline search``, ``releases`` and ``status``: what there is."""

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragline.commands.options import Config, Json, Overrides
from ragline.commands.running import load, print_json

if TYPE_CHECKING:
    from ragline.config.settings import Settings

_QUIET_WHILE_SEARCHING = ("mlflow", "alembic", "sentence_transformers")


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
    from ragline.registry.searchers import open_searcher
    from ragline.retrieval.search import check_mode

    chosen = check_mode(mode)
    for noisy in _QUIET_WHILE_SEARCHING:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    searcher = open_searcher(load(config, overrides), release, with_encoder=chosen != "lexical")
    hits = searcher.search(question, k, chosen)[0]
    if json:
        print_json([asdict(hit) for hit in hits])
        return
    from ragline.commands.display import show_hits

    show_hits(question, hits)


def releases(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """List the releases, newest first: aliases, verdicts, metrics, what they were made from."""
    from ragline.registry.overview import describe_release

    settings = load(config, overrides)
    described = [describe_release(release) for release in _known(settings)]
    if json:
        print_json(described)
        return
    from ragline.commands.display import show_releases

    show_releases(settings.pipeline, described)


def status(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """Say what is in the lake, what is published, what serves, and how the last runs ended."""
    from ragline.registry.overview import pipeline_status

    settings = load(config, overrides)
    described = pipeline_status(settings, _known(settings))
    if json:
        print_json(described)
        return
    from ragline.commands.display import show_status

    show_status(described)


def _known(settings: "Settings") -> list[Any]:
    from ragline.registry import releases as registry

    if registry.registry_is_empty(settings):
        return []
    from ragline.registry.tracking import connect

    return registry.releases(connect(settings), settings)
