"""``ragline quarantine list | show | retry``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Json, Overrides, RunId
from ragline.commands.running import load, run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


app = typer.Typer(no_args_is_help=True, help="See what could not be taken in, and try it again.")

Reason = Annotated[str | None, typer.Option(help="Only what was refused for this reason.")]
OnlySource = Annotated[str | None, typer.Option("--source", help="Only what came from this source.")]


@app.command("list")
def list_refused(
    config: Config = None, overrides: Overrides = None, reason: Reason = None, source: OnlySource = None, json: Json = False
) -> None:
    """List what is in quarantine, with the reason for each."""
    from ragline.ingest.quarantine import list_command

    list_command(load(config, overrides), reason, source, as_json=json)


@app.command("show")
def show(
    item: Annotated[str, typer.Argument(help="The item's id at its source, its URI, or how its document id begins.")],
    config: Config = None,
    overrides: Overrides = None,
) -> None:
    """Show all that is known of one item in quarantine."""
    from ragline.ingest.quarantine import show_command

    show_command(load(config, overrides), item)


@app.command("retry")
def retry(
    config: Config = None, overrides: Overrides = None, run_id: RunId = None, reason: Reason = None, source: OnlySource = None
) -> None:
    """Read refused items again, now, whether or not anything changed."""

    def work(run: "Run") -> None:
        from ragline.ingest.quarantine import retry as job

        job(run, reason, source)

    run_job("ingest", config, overrides, run_id, work)
