"""``ragline quarantine list | show | retry``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragline.commands.options import Config, Json, Overrides, RunId
from ragline.commands.running import load, print_json, run_job, say

if TYPE_CHECKING:
    from ragline.runtime.run import Run


app = typer.Typer(no_args_is_help=True, help="See what could not be taken in, and try it again.")

_LONGEST_CELL = 500

Reason = Annotated[str | None, typer.Option(help="Only what was refused for this reason.")]
OnlySource = Annotated[str | None, typer.Option("--source", help="Only what came from this source.")]


@app.command("list")
def list_refused(
    config: Config = None, overrides: Overrides = None, reason: Reason = None, source: OnlySource = None, json: Json = False
) -> None:
    """List what is in quarantine, with the reason for each."""
    from ragline.ingest.quarantine import nothing_found, refused
    from ragline.lake.lake import Lake

    lake = Lake(load(config, overrides).lake.uri)
    rows = refused(lake, reason, source)
    if json:
        print_json(rows)
    elif rows:
        _show(rows)
    else:
        asked = reason is not None or source is not None
        say(nothing_found(lake, reason, source) if asked else "Nothing is in quarantine.")


def _show(rows: Sequence[Mapping[str, Any]]) -> None:
    """How many for each reason, then each."""
    from rich.table import Table

    from ragline.runtime.shown_text import shown
    from ragline.runtime.terminal import Terminal

    terminal = Terminal()
    counts = Counter(row["reason"] for row in rows)
    terminal.print(", ".join(f"{number:,} {shown(name)}" for name, number in counts.most_common()))
    table = Table(box=None)
    for name in ("id", "source", "item", "reason", "message"):
        table.add_column(name, overflow="fold", max_width=8 if name == "id" else None)
    for row in rows:
        said = (row["source"], row["source_id"], row["reason"], row["message"] or "")
        table.add_row(row["doc_id"][:8], *(shown(value, _LONGEST_CELL) for value in said))
    terminal.print(table)


@app.command("show")
def show(
    item: Annotated[str, typer.Argument(help="The item's id at its source, its URI, or how its document id begins.")],
    config: Config = None,
    overrides: Overrides = None,
) -> None:
    """Show all that is known of one item in quarantine."""
    from ragline.errors import ConfigError
    from ragline.ingest.quarantine import refused
    from ragline.lake.lake import Lake

    rows = refused(Lake(load(config, overrides).lake.uri))
    found = [row for row in rows if item in (row["source_id"], row["uri"]) or row["doc_id"].startswith(item)]
    if len(found) != 1:
        who = f"{len(found)} items in quarantine answer" if found else "Nothing in quarantine answers"
        raise ConfigError(f"{who} to {item!r}: ragline quarantine list shows what is there, and the id of each.")
    print_json(found[0])


@app.command("retry")
def retry(
    config: Config = None, overrides: Overrides = None, run_id: RunId = None, reason: Reason = None, source: OnlySource = None
) -> None:
    """Read refused items again, now, whether or not anything changed."""

    def work(run: "Run") -> None:
        from ragline.ingest.quarantine import retry as job

        job(run, reason, source)

    run_job("ingest", config, overrides, run_id, work)
