"""The items in quarantine, and how to try them again."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import ITEMS, QUARANTINE
from ragline.errors import NothingToDo
from ragline.ingest.job import Scope, ingest
from ragline.ingest.sync.fingerprint import ingest_fingerprint
from ragline.ingest.sync.lake_state import load_lake_state
from ragline.ingest.sync.rows import STAGE
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.runtime.run import Run

Row = dict[str, Any]


def refused(lake: Lake, reason: str | None = None, source: str | None = None) -> list[Row]:
    """The rows of ``quarantine`` that count, in the order of source and id."""
    rows = lake.read(QUARANTINE)
    for column, wanted in (("reason", reason), ("source", source)):
        if wanted is not None:
            rows = rows.filter(pc.equal(rows[column], wanted))
    ordered: list[Row] = rows.sort_by([("source", "ascending"), ("source_id", "ascending")]).to_pylist()
    return ordered


def retry(run: Run, reason: str | None, source: str | None) -> None:
    """Forget the change markers of refused items, so that they are read again, and ingest their sources.

    Raises:
        NothingToDo: no such item is in quarantine, or none came out differently.
    """
    again = {row["doc_id"] for row in refused(run.lake, reason, source) if row["stage"] == STAGE}
    if not again:
        raise NothingToDo(nothing_found(run.lake, reason, source))
    items = load_lake_state(run.lake).items
    # A refused member of an archive is read again with its archive.
    rows = [row for row in items.to_pylist() if again & {row["doc_id"], *(row["part_ids"] or ())}]
    # Without marker and hash they look as if they had never been read; nothing else is taken for changed.
    forgotten = [{**row, "change_marker": "", "content_hash": "", "deleted": False} for row in rows]
    last = run.lake.last_commit(ITEMS)
    schema = pa.schema([field for field in ITEMS.schema if field.name != "seq"])
    key = commit_key("quarantine", ITEMS.name, {"version": run.lake.version(ITEMS), "items": sorted(again)}, run.run_id)
    commit = Commit(key, run.run_id, fingerprint=last.fingerprint if last else ingest_fingerprint(run.settings))
    run.lake.append(ITEMS, pa.Table.from_pylist(forgotten, schema=schema), commit)
    run.count("retried", len(forgotten))
    try:
        ingest(run, Scope(sorted({row["source"] for row in rows})))
    except NothingToDo as nothing:
        raise NothingToDo(f"{len(forgotten):,} items were read again, and all came out as before.") from nothing


def nothing_found(lake: Lake, reason: str | None, source: str | None) -> str:
    """The message where nothing in quarantine matches: what was asked for, and which reasons and sources there are."""
    rows = refused(lake)
    asked = " ".join(["nothing", *([f"of {source}"] if source else []), *([f"refused as {reason}"] if reason else [])])
    there = sorted({f"{row['reason']} ({row['source']})" for row in rows})
    return f"{asked} is in quarantine; what is there: {', '.join(there) or 'nothing at all'}."
