"""``ragline maintain``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job, say
from ragline.errors import NothingToDo, ReleaseError

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def maintain(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    retention_hours: Annotated[int, typer.Option(min=0, help="Keep files that versions this young still need.")] = 168,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which releases would go, and change nothing.")] = False,
) -> None:
    """Let releases expire and deleted documents go; compact the lake's tables, remove what no kept version needs."""

    def work(run: "Run") -> None:
        from ragline.index.release_retention import retain_releases
        from ragline.maintain.job import maintain as job

        # Releases first: what they do not pin any more, the tables lose in the same run.
        left = retain_releases(run, dry_run=dry_run)
        if dry_run:
            return
        try:
            job(run, retention_hours=retention_hours)
        except NothingToDo:
            if not left:
                raise
        if left:
            raise ReleaseError(" ".join(left))

    _, manifest = run_job("maintain", config, overrides, run_id, work)
    if dry_run:
        for line in manifest.facts.get("releases") or ["No release would go."]:
            say(line)
        say("Tables and reports were not looked at: 'ragline retention explain DOCUMENT' says of one document what goes when.")
