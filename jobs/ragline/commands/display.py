"""Passages, releases and status on a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.filesize import decimal
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ragline.retrieval.hit import Hit
from ragline.runtime.shown_text import shown
from ragline.runtime.terminal import Terminal

_SNIPPET_CHARACTERS = 420
_HEADING_CHARACTERS = 300
_PROVENANCE_CHARACTERS = 1000
_VERDICT_STYLE = {
    "worse": "red",
    "unmeasured": "yellow",
    "not_worse": "green",
    "first": "green",
    "deletes_only": "green",
    "moves_only": "green",
}
_STATUS_STYLE = {"done": "green", "nothing_to_do": "dim", "running": "cyan"}


def show_hits(question: str, hits: Sequence[Hit]) -> None:
    """Print passages, best first, each with its provenance."""
    terminal = Terminal()
    terminal.print(Text.assemble(("Question  ", "dim"), (shown(question), "bold")))
    if not hits:
        terminal.print("Nothing was found.")
    for hit in hits:
        terminal.print()
        terminal.print(Text.assemble((f"{hit.rank:>2}  ", "bold cyan"), (_heading(hit), "bold"), (f"  {hit.score:.4f}", "dim")))
        terminal.print(Padding(snippet(hit.text), (0, 0, 0, 4)))
        terminal.print(Padding(Text(provenance(hit), "dim"), (0, 0, 0, 4)))


def _heading(hit: Hit) -> str:
    path = [hit.title or hit.source_id, *hit.heading_path]
    return shown(" › ".join(dict.fromkeys(part.strip() for part in path if part.strip())), _HEADING_CHARACTERS)


def snippet(text: str, limit: int = _SNIPPET_CHARACTERS) -> str:
    """The passage on one paragraph, cut at a word where it is long."""
    joined = shown(" ".join(text.split()))
    return joined if len(joined) <= limit else joined[:limit].rsplit(" ", 1)[0] + " …"


def provenance(hit: Hit) -> str:
    """Document, code points of it, who may read it, release, run."""
    start, end = hit.span
    tenant = f" · tenant {hit.tenant}" if hit.tenant else ""
    labels = f" · labels {', '.join(hit.access_labels)}" if hit.access_labels else ""
    place = shown(hit.uri or hit.source_id, _PROVENANCE_CHARACTERS)
    return f"{place} · characters {start}-{end}{shown(tenant)}{shown(labels)} · release {hit.release} · run {hit.run}"


def show_releases(pipeline: str, described: Sequence[Mapping[str, Any]]) -> None:
    """Print a table of releases."""
    terminal = Terminal()
    if not described:
        terminal.print(f"{pipeline} has no release yet: 'ragline index' builds one.")
        return
    terminal.print(_release_table(described))


def _release_table(described: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Releases", "#", "Alias", "Verdict", "Quality", "Chunks", "Made from", "Built")
    for release in described:
        verdict = (
            "expired"
            if release["expired"]
            else "rolled back"
            if release["rolled_back"]
            else "rejected"
            if release["rejected_by"]
            else release["verdict"]
        )
        inputs = release["inputs"]
        made_from = f"documents {inputs.get('documents')}, chunks {inputs.get('chunks')}, embedder {release['embedder']}"
        table.add_row(
            str(release["release"]),
            Text(", ".join(release["aliases"]), "bold green" if "champion" in release["aliases"] else ""),
            Text(verdict or "-", _VERDICT_STYLE.get(verdict, "")),
            "\n".join(f"{name} {value:.3f}" for name, value in release["metrics"].items() if isinstance(value, float)) or "-",
            f"{release['counts'].get('chunks', 0):,}",
            made_from,
            release["created_at"][:16].replace("T", " "),
        )
    return table


def show_status(status: Mapping[str, Any]) -> None:
    """Print the whole overview of a pipeline."""
    terminal = Terminal()
    terminal.print(Text.assemble(("Pipeline ", "dim"), (status["pipeline"], "bold"), ("  lake ", "dim"), status["lake"]))
    tables = _table("Tables", "Table", "Rows", "Newest", "Published", "Size")
    for facts in status["tables"]:
        published = "-" if facts["published"] is None else str(facts["published"])
        tables.add_row(facts["table"], f"{facts['rows']:,}", str(facts["version"]), published, decimal(facts["bytes"]))
    terminal.print(tables if status["tables"] else "The lake is empty: 'ragline ingest' fills it.")
    show_releases(status["pipeline"], status["releases"])
    if status["runs"]:
        terminal.print(_run_table(status["runs"]))


def _run_table(runs: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Last runs", "Job", "Ended", "Started", "Took", "Message")
    for run in runs:
        took = "" if run["wall_seconds"] is None else f"{run['wall_seconds']:.1f} s"
        ended = Text(run["status"].replace("_", " "), _STATUS_STYLE.get(run["status"], "red"))
        table.add_row(
            shown(run["job"]), ended, run["started_at"][:16].replace("T", " "), took, Text(snippet(run["message"], 200))
        )
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(
            column, justify="right" if column in ("Rows", "Newest", "Published", "Size", "Chunks", "Took") else "left"
        )
    return table
