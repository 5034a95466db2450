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
    to: Annotated[
        str | None, typer.Option(help="Number of an earlier champion; default: the newest that was not rolled back.")
    ] = None,
) -> None:
    """Put an earlier champion back, after its bundle was verified."""

    def work(run: "Run") -> None:
        from ragline.promote.rollback import rollback as job

        job(run, reason=reason, to=to)

    _, manifest = run_job("rollback", config, overrides, run_id, work)
    say(manifest.message)
