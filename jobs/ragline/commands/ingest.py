"""``ragline ingest``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Json, Overrides, RunId
from ragline.commands.running import load, run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def ingest(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source. Repeat for more.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="At most so many items of each source; deletes nothing.")] = None,
    full_refresh: Annotated[bool, typer.Option(help="Read every item again, changed or not.")] = False,
    allow_mass_delete: Annotated[bool, typer.Option(help="Delete however many documents are missing in the sources.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen and what it would cost; write nothing.")] = False,
    json: Json = False,
    stage: Annotated[str | None, typer.Option(help="Only stage one source, under this name, for --commit.")] = None,
    commit: Annotated[str | None, typer.Option(help="Only commit what was staged under this name.")] = None,
) -> None:
    """Read the sources; write what is new, changed or deleted to the documents table."""
    if dry_run:
        from ragline.ingest.dry_run import dry_run_command

        dry_run_command(load(config, overrides), source or None, sample, full_refresh=full_refresh, as_json=json)
        return

    def work(run: "Run") -> None:
        from ragline.ingest.job import Scope, commit_staged, stage_source
        from ragline.ingest.job import ingest as job
        from ragline.ingest.stage import Look

        scope = Scope(source or None, Look(sample, full_refresh, allow_mass_delete))
        if stage:
            stage_source(run, scope, stage)
        elif commit:
            commit_staged(run, scope, commit)
        else:
            job(run, scope)

    run_job("ingest", config, overrides, run_id, work)
