"""``ragline preprocess``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def preprocess(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    documents_version: Annotated[int | None, typer.Option(help="A published version; default: the last one.")] = None,
    full_refresh: Annotated[bool, typer.Option(help="Process every document again.")] = False,
) -> None:
    """Clean, deduplicate and chunk the published documents, in Spark."""

    def work(run: "Run") -> None:
        from ragline.preprocess.job import preprocess as job

        job(run, documents_version=documents_version, full_refresh=full_refresh)

    run_job("preprocess", config, overrides, run_id, work)
