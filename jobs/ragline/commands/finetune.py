"""``ragline finetune``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def finetune(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    force: Annotated[bool, typer.Option(help="Train even if there are fewer new pairs than feedback.min_new_pairs.")] = False,
) -> None:
    """Train the embedder on the training pairs and the corpus; register it."""

    def work(run: "Run") -> None:
        from ragline.finetune.job import finetune as job

        job(run, force=force)

    run_job("finetune", config, overrides, run_id, work)
