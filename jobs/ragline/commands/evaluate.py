"""``ragline evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def evaluate(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    release: Annotated[str | None, typer.Option(help="Alias or version; default: the newest release.")] = None,
    judgments: Annotated[Path | None, typer.Option(help="BEIR folder to judge by, instead of the configured one.")] = None,
    run_file: Annotated[Path | None, typer.Option(help="Also write the ranking as a TREC run to this file.")] = None,
) -> None:
    """Measure a release against the champion on the pipeline's judgments."""

    def work(run: "Run") -> None:
        from ragline.evaluate.job import evaluate as job

        job(run, release=release, judgments=judgments, run_file=run_file)

    run_job("evaluate", config, overrides, run_id, work)
