"""``ragline chunking compare``."""

from pathlib import Path
from typing import Annotated

import typer

from ragline.commands.options import Config, Overrides
from ragline.commands.running import load

app = typer.Typer(no_args_is_help=True, help="Find out how documents are best cut into chunks.")


@app.callback()
def _group() -> None:
    """Keeps ``compare`` a command of its own although there is no other."""


@app.command("compare")
def compare(
    judgments: Annotated[
        Path, typer.Option(help="Folder with texts (NAME.md) and questions_df.csv, as chunking_evaluation has.")
    ],
    config: Config = None,
    overrides: Overrides = None,
    strategy: Annotated[list[str] | None, typer.Option(help="Only this strategy. Repeat for more; default: all.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Also write the table, with each text's, to this .md or .json file.")
    ] = None,
) -> None:
    """Measure strategies of chunking by the text that is retrieved of your own corpus; writes nothing to the lake."""
    from ragline.preprocess.comparison.compare import compare_command

    compare_command(load(config, overrides), judgments, strategy or [], output)
