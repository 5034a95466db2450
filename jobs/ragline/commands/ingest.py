"""``ragline ingest``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Json, Overrides, RunId
from ragline.commands.running import load, print_json, run_job
from ragline.contracts.path_names import path_name
from ragline.errors import ConfigError

if TYPE_CHECKING:
    from ragline.config.settings import Settings
    from ragline.ingest.sync.cost import Cost
    from ragline.ingest.sync.forecast import Forecast
    from ragline.runtime.run import Run


def ingest(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source. Repeat for more.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="At most so many items of each source; deletes nothing.")] = None,
    full_refresh: Annotated[bool, typer.Option(help="Read every item again, changed or not.")] = False,
    allow_mass_delete: Annotated[bool, typer.Option(help="Delete whatever is missing, removed sources too.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen and what it would cost; write nothing.")] = False,
    json: Json = False,
    stage: Annotated[str | None, typer.Option(help="Only stage one source, under this name, for --commit.")] = None,
    commit: Annotated[str | None, typer.Option(help="Only commit what was staged under this name.")] = None,
) -> None:
    """Read the sources; write what is new, changed or deleted to the documents table."""
    if dry_run:
        _forecast(load(config, overrides), source or None, (sample, full_refresh, allow_mass_delete), as_json=json)
        return

    def work(run: "Run") -> None:
        from ragline.ingest.job import Scope, commit_staged, stage_source
        from ragline.ingest.job import ingest as job
        from ragline.ingest.sync.options import SyncOptions

        scope = Scope(source or None, SyncOptions(sample, full_refresh, allow_mass_delete))
        if stage is not None and commit is not None:
            raise ConfigError("--stage and --commit are two steps: give one of them.")
        if stage is not None:  # "" is an unset variable of a shell, and no reason to take everything in
            stage_source(run, scope, path_name(stage, "--stage"))
        elif commit is not None:
            commit_staged(run, scope, path_name(commit, "--commit"))
        else:
            job(run, scope)

    run_job("ingest", config, overrides, run_id, work)


def _forecast(
    settings: "Settings", names: "Sequence[str] | None", options: tuple[int | None, bool, bool], *, as_json: bool
) -> None:
    from ragline.ingest.sync.cost import cost
    from ragline.ingest.sync.forecast import forecast
    from ragline.ingest.sync.options import SyncOptions

    found = forecast(settings, names, SyncOptions(*options))
    price = cost(settings.lake.uri, sum(source.new + source.changed for source in found))
    if as_json:
        print_json({"sources": [asdict(source) for source in found], "cost": asdict(price) if price else None})
        return
    _show(found, price)


def _show(found: "Sequence[Forecast]", price: "Cost | None") -> None:
    from rich.table import Table

    from ragline.runtime.shown_text import shown
    from ragline.runtime.terminal import Terminal

    terminal = Terminal()
    columns = ("new", "changed", "moved", "deleted", "unchanged", "too_large")
    table = Table(box=None)
    for name in ("source", *(column.replace("_", " ") for column in columns), "to read"):
        table.add_column(name, justify="left" if name == "source" else "right")
    for source in found:
        table.add_row(source.source, *(f"{getattr(source, name):,}" for name in columns), f"{source.bytes / 2**20:,.1f} MiB")
    terminal.print(table)
    for source in found:
        if source.stopped_by:
            terminal.print(shown(source.stopped_by))
        if source.may_be_stopped_by:
            terminal.print(
                shown(f"Unless new items hold what is missing, which shows when they are read: {source.may_be_stopped_by}")
            )
    if any(source.new + source.changed for source in found):
        terminal.print(_price(price))
    terminal.print("Nothing was written. Counted are items as listed, those in quarantine too.")


def _price(price: "Cost | None") -> str:
    if price is None:
        return "What it would cost cannot be said before ingest and preprocess have run once and shown their rates."
    seconds = ", ".join(f"{job} {number:,.0f} s" for job, number in price.seconds.items())
    return f"By the rates of earlier runs: about {price.tokens:,} tokens to embed; {seconds}."
