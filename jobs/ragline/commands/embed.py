"""``ragline embed``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def embed(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    chunks_version: Annotated[int | None, typer.Option(help="A published version; default: the last one.")] = None,
    embedder_version: Annotated[int | None, typer.Option(help="A registered embedder; default: the champion's.")] = None,
) -> None:
    """Embed the texts of the published chunks that have no vector yet."""

    def work(run: "Run") -> None:
        from ragline.embed.job import embed as job

        job(run, chunks_version=chunks_version, embedder_version=embedder_version)

    run_job("embed", config, overrides, run_id, work)
