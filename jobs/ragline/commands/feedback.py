"""``ragline feedback collect | pairs``."""

from typing import TYPE_CHECKING

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


app = typer.Typer(no_args_is_help=True, help="Take in what users did, and make training pairs of it.")


@app.command("collect")
def collect(config: Config = None, overrides: Overrides = None, run_id: RunId = None) -> None:
    """Take new events from the landing folder into the feedback table."""

    def work(run: "Run") -> None:
        from ragline.feedback.collect import collect as job

        job(run)

    run_job("feedback", config, overrides, run_id, work)


@app.command("pairs")
def pairs(config: Config = None, overrides: Overrides = None, run_id: RunId = None) -> None:
    """Make training pairs of the published feedback."""

    def work(run: "Run") -> None:
        from ragline.feedback.make_pairs import make_pairs as job

        job(run)

    run_job("pairs", config, overrides, run_id, work)
