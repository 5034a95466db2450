"""``ragline gate``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def gate(
    table: Annotated[str, typer.Argument(help="documents, chunks, embeddings or feedback")],
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
) -> None:
    """Check a table's newest version against its suite; publish it when it passes."""

    def work(run: "Run") -> None:
        from ragline.gates.job import gate as job

        job(run, table)

    run_job("gate", config, overrides, run_id, work, part=table)
