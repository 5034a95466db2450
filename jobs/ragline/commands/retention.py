"""``ragline retention explain``."""

from typing import Annotated

import typer

from ragline.commands.options import Config, Json, Overrides
from ragline.commands.running import load, print_json, say

app = typer.Typer(no_args_is_help=True, help="See what is kept of a document, and for how long.")


@app.callback()
def retention() -> None:
    """See what is kept of a document, and for how long."""


@app.command()
def explain(
    document: Annotated[str, typer.Argument(help="A document's number (doc_id), its id at its source, or its URI.")],
    config: Config = None,
    overrides: Overrides = None,
    json: Json = False,
) -> None:
    """List every place that still holds something of a document, why, and when it will be gone."""
    settings = load(config, overrides)
    from ragline.maintain.explain import explain as explained

    found = explained(settings, document)
    if json:
        print_json(found)
        return
    from rich.table import Table

    from ragline.runtime.shown_text import shown
    from ragline.runtime.terminal import Terminal

    terminal = Terminal()
    state = f"deleted on {found['deleted_at']:%Y-%m-%d}" if found["deleted_at"] else "not deleted"
    terminal.print(f"Document {found['doc_id']}, {state}: {len(found['places'])} places hold something of it.")
    if found["places"]:
        table = Table(box=None)
        for name in ("where", "what", "why", "goes"):
            table.add_column(name, overflow="fold")
        for place in found["places"]:
            table.add_row(*(shown(place[name], 500) for name in ("where", "what", "why", "goes")))
        terminal.print(table)
    say(found["not_looked_at"])
