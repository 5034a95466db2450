"""``ragline index``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def index(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    chunks_version: Annotated[int | None, typer.Option(help="A published version; default: the last one.")] = None,
    embedder_version: Annotated[int | None, typer.Option(help="A registered embedder; default: the champion's.")] = None,
) -> None:
    """Build the vector and the lexical index, bundle them, register a release."""

    def work(run: "Run") -> None:
        from ragline.index.job import build_release as job

        job(run, chunks_version=chunks_version, embedder_version=embedder_version)

    run_job("index", config, overrides, run_id, work)
