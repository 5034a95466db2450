"""``ragline promote``."""

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job, say
from ragline.errors import StaleVerdict

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def promote(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    release: Annotated[str | None, typer.Option(help="Alias or version; default: the newest release.")] = None,
    approved_by: Annotated[str | None, typer.Option(help="Who decided to promote it although the verdict asks.")] = None,
) -> None:
    """Make a release the champion if its verdict allows it."""

    def work(run: "Run") -> None:
        from ragline.evaluate.job import evaluate as evaluate_job
        from ragline.promote.job import promote as job

        try:
            job(run, release=release, approved_by=approved_by)
        except StaleVerdict as stale:
            logging.getLogger(__name__).info("%s Evaluating again.", stale)
            evaluate_job(run, release=release, judgments=None, run_file=None)
            job(run, release=release, approved_by=approved_by)

    _, manifest = run_job("promote", config, overrides, run_id, work)
    say(manifest.message)
