"""Options that most commands take."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Pipeline file or name; default: RAGLINE_CONFIG, or the project's only pipeline."),
]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="Override one setting: key=value. Repeat for more.")]
RunId = Annotated[str | None, typer.Option("--run-id", help="Names the run manifest; default: the time and a random part.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
