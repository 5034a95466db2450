"""``ragline quarantine``: what could not be taken in, why, and another try."""

import json
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import ITEMS, QUARANTINE
from ragline.errors import ConfigError, NothingToDo
from ragline.ingest.job import Scope, ingest
from ragline.ingest.known import STAGE, load_known
from ragline.ingest.stage import ingest_fingerprint
from ragline.runtime.lake import Commit, Lake
from ragline.runtime.run import Run
from ragline.runtime.settings import Settings

Row = dict[str, Any]


def refused(lake: Lake, reason: str | None = None, source: str | None = None) -> list[Row]:
    """What is in quarantine now, by source and id."""
    rows = lake.read(QUARANTINE)
    for column, wanted in (("reason", reason), ("source", source)):
        if wanted is not None:
            rows = rows.filter(pc.equal(rows[column], wanted))
    ordered: list[Row] = rows.sort_by([("source", "ascending"), ("source_id", "ascending")]).to_pylist()
    return ordered


def list_command(settings: Settings, reason: str | None, source: str | None, *, as_json: bool) -> None:
    """Print what is in quarantine: how many for each reason, then each."""
    from rich.console import Console
    from rich.table import Table

    rows = refused(Lake(settings.lake.uri), reason, source)
    console = Console()
    if as_json:
        console.print_json(json.dumps(rows, default=str))
        return
    if not rows:
        asked = reason is not None or source is not None
        console.print(
            _nothing(Lake(settings.lake.uri), reason, source) if asked else "Nothing is in quarantine.", highlight=False
        )
        return
    counts = Counter(row["reason"] for row in rows)
    console.print(", ".join(f"{number:,} {name}" for name, number in counts.most_common()), highlight=False)
    table = Table(box=None)
    for name in ("id", "source", "item", "reason", "message"):
        table.add_column(name, overflow="fold", max_width=8 if name == "id" else None)
    for row in rows:
        table.add_row(row["doc_id"][:8], row["source"], row["source_id"], row["reason"], (row["message"] or "")[:160])
    console.print(table)


def show_command(settings: Settings, wanted: str) -> None:
    """Print all that is known of one item: ``wanted`` is its id there, the beginning of its document id, or its URI.

    Raises:
        ConfigError: nothing, or more than one thing, answers to that.
    """
    from rich.console import Console

    rows = refused(Lake(settings.lake.uri))
    found = [row for row in rows if wanted in (row["source_id"], row["uri"]) or row["doc_id"].startswith(wanted)]
    if len(found) != 1:
        who = f"{len(found)} items in quarantine answer" if found else "Nothing in quarantine answers"
        raise ConfigError(f"{who} to {wanted!r}: ragline quarantine list shows what is there, and the id of each.")
    Console().print_json(json.dumps(found[0], default=str))


def retry(run: Run, reason: str | None, source: str | None) -> None:
    """Forget what is known of refused items, so that they are read again, and ingest their sources.

    Raises:
        NothingToDo: no such item is in quarantine, or none came out differently.
    """
    again = {row["doc_id"] for row in refused(run.lake, reason, source) if row["stage"] == STAGE}
    if not again:
        raise NothingToDo(_nothing(run.lake, reason, source))
    config = ingest_fingerprint(run.settings)
    items = load_known(run.lake, config).items
    rows = [row for row in items.to_pylist() if again & {row["doc_id"], *(row["part_ids"] or ())}]
    forgotten = [{**row, "change_marker": "", "content_hash": "", "deleted": False} for row in rows]
    last = run.lake.last_commit(ITEMS)
    schema = pa.schema([field for field in ITEMS.schema if field.name != "seq"])
    key = commit_key("quarantine", ITEMS.name, {"version": run.lake.version(ITEMS), "items": sorted(again)}, run.run_id)
    commit = Commit(key, run.run_id, fingerprint=last.fingerprint if last else config)
    run.lake.append(ITEMS, pa.Table.from_pylist(forgotten, schema=schema), commit)
    run.count("retried", len(forgotten))
    try:
        ingest(run, Scope(sorted({row["source"] for row in rows})))
    except NothingToDo as nothing:
        raise NothingToDo(f"{len(forgotten):,} items were read again, and all came out as before.") from nothing


def _nothing(lake: Lake, reason: str | None, source: str | None) -> str:
    rows = refused(lake)
    asked = " ".join(["nothing", *([f"of {source}"] if source else []), *([f"refused as {reason}"] if reason else [])])
    there = sorted({f"{row['reason']} ({row['source']})" for row in rows})
    return f"{asked} is in quarantine; what is there: {', '.join(there) or 'nothing at all'}."
