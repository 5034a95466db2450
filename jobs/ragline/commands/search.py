"""``ragline search``."""

import logging
from dataclasses import asdict
from typing import Annotated

import typer

from ragline.commands.options import Config, Json, Overrides
from ragline.commands.running import load, print_json

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
