"""``ragline rollback``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job, say

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def rollback(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit table.")] = "rolled back by hand",
) -> None:
    """Put the previous champion back."""

    def work(run: "Run") -> None:
        from ragline.promote.job import rollback as job

        job(run, reason=reason)

    _, manifest = run_job("rollback", config, overrides, run_id, work)
    say(manifest.message)
