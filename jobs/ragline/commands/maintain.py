"""``ragline maintain``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def maintain(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    retention_hours: Annotated[int, typer.Option(min=0, help="Keep files that versions this young still need.")] = 168,
) -> None:
    """Compact the lake's tables, write checkpoints, remove what no kept version needs."""

    def work(run: "Run") -> None:
        from ragline.maintain.job import maintain as job

        job(run, retention_hours=retention_hours)

    run_job("maintain", config, overrides, run_id, work)
