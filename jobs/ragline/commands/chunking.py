"""``ragline chunking compare``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides
from ragline.commands.running import load, say

if TYPE_CHECKING:
    from ragline.preprocess.comparison.measurement import Measurement

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
    from ragline.errors import ConfigError
    from ragline.preprocess.comparison.compare import compare_strategies
    from ragline.preprocess.comparison.table import json_table, markdown_table

    formats = {".md": markdown_table, ".json": json_table}
    if output and output.suffix not in formats:
        raise ConfigError(f"--output {output}: the name has to end in .md or .json.")
    measurements = compare_strategies(load(config, overrides), judgments, strategy or [])
    _show(measurements)
    if output:
        output.write_text(formats[output.suffix](measurements) + "\n", encoding="utf-8")
        say(f"Written to {output}.", err=True)


def _show(measurements: "Sequence[Measurement]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from ragline.preprocess.comparison.measurement import OVERALL
    from ragline.preprocess.comparison.table import HEADER, LEGEND, table_row
    from ragline.runtime.terminal import Terminal

    table = Table(title="Chunking compared", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(HEADER[0], min_width=12)
    for name in HEADER[1:]:
        table.add_column(name.replace("precision", "prec.").replace(" @", "\n@"), justify="right", no_wrap=True)
    for measurement in measurements:
        table.add_row(*table_row(measurement, OVERALL))
    terminal = Terminal()
    terminal.print(table)
    terminal.print(LEGEND, style="dim")
