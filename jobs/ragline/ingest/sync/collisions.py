"""Two parts under one document id: the later one is refused, so that the table never holds an id twice.

Ids cannot collide by what they are made of (``contracts/document_ids.py``). Where two do all the same (one of them is from an
earlier version, or a hash is unlucky), neither must take the other's place, and the gate must not be stopped by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ragline.contracts.document_ids import duplicate_id
from ragline.contracts.fingerprints import doc_id, fingerprint
from ragline.contracts.tables import DOCUMENTS, QUARANTINE, Table
from ragline.ingest.item import Item, Refusal
from ragline.ingest.reasons import ID_COLLISION
from ragline.ingest.sync.diff import Diff
from ragline.ingest.sync.rows import quarantine_row, row_hash
from ragline.ingest.sync.task_results import EXTRACTED
from ragline.lake.file_rows import file_row
from ragline.lake.files import open_filesystem
from ragline.lake.lake import Lake
from ragline.lake.large_columns import is_among, whole
from ragline.lake.part_files import PartFile

Row = dict[str, Any]


@dataclass
class Collisions:
    """What was found: the results as they count, the refusals to write, and the hash of the row that stays under each id that
    came more than once (None: the lake's own)."""

    results: list[Row]
    refusals: list[Row] = field(default_factory=list)
    staying: dict[str, str | None] = field(default_factory=dict)


def refuse_collisions(results: list[Row], diff: Diff, now: datetime) -> Collisions:
    """Refuse each part whose id another item's part has: one further up in the listing, or one that the lake holds of an item
    that was not extracted. ``results``: the tasks' rows, one for each item of ``diff.to_extract``."""
    taken = _taken(results, diff)
    ids = pa.array([part["doc_id"] for row in results for part in row["parts"]], pa.string())
    if not taken and pc.count_distinct(ids).as_py() == len(ids):
        return Collisions(results)
    items = {row["doc_id"]: row for row in diff.to_extract.to_pylist()}
    order = {name: position for position, name in enumerate(items)}
    found = Collisions([])
    for result in sorted(results, key=lambda row: order[row["doc_id"]]):
        parts = []
        for part in result["parts"]:
            owner, staying = taken.setdefault(part["doc_id"], (result["doc_id"], part["row_hash"] if part["written"] else None))
            if owner != result["doc_id"]:
                found.staying[part["doc_id"]] = staying
                part, refusal = _refused(part, items[result["doc_id"]], now)
                found.refusals += [refusal] if part["written"] else []
            parts.append(part)
        found.results.append({**result, "parts": parts})
    return found


def _taken(results: list[Row], diff: Diff) -> dict[str, tuple[str, str | None]]:
    """Of the ids of parts, those that the lake holds of items that were not extracted: whose each is, and no hash to write."""
    ids = pa.array([part["doc_id"] for row in results for part in row["parts"]], pa.large_string())
    unextracted = pa.array([row["doc_id"] for row in results if row["status"] != EXTRACTED], pa.large_string())
    kept = diff.to_extract.filter(is_among(diff.to_extract["doc_id"], unextracted))
    taken: dict[str, tuple[str, str | None]] = {}
    for items in (kept, diff.unchanged):
        parts = whole(items["part_ids"])
        flat = pa.table({"part": pc.list_flatten(parts), "parent": pc.list_parent_indices(parts)})
        for row in flat.filter(is_among(flat["part"], ids)).to_pylist():
            taken[row["part"]] = (items["doc_id"][row["parent"]].as_py(), None)
    return taken


def _refused(part: Row, item: Row, now: datetime) -> tuple[Row, Row]:
    uri = Item.from_json(item["item"]).uri
    source_id = duplicate_id(item["source_id"], fingerprint([part["doc_id"], part["row_hash"]]))
    columns = {"source": item["source"], "source_id": source_id, "uri": uri}
    columns["doc_id"] = doc_id(columns["source"], source_id)
    why = Refusal(ID_COLLISION, f"{uri}, or something in it, has the id {part['doc_id']} of another document; that one stays.")
    row = quarantine_row(columns, part["content_hash"], why, now)
    stored = dict(zip(item["part_ids"] or (), item["part_hashes"] or (), strict=True))
    digest = row_hash(row)
    told = {"doc_id": row["doc_id"], "row_hash": digest, "reason": why.reason, "written": stored.get(row["doc_id"]) != digest}
    return {**part, **told}, row


def without_collisions(lake: Lake, files: list[Row], seq: dict[str, int], staying: dict[str, str | None]) -> Iterator[Row]:
    """The files that tasks wrote (``file_row`` with its ``table``), in which each id stands once: those that hold one of the ids
    that came more than once are written again."""
    left = dict(staying)
    for file in files:
        table = next(table for table in (DOCUMENTS, QUARANTINE) if table.name == file["table"])
        rows = _read(lake, table, file["path"])
        kept = [row for row in rows if row["doc_id"] not in staying or _stays(row, left)]
        if len(kept) == len(rows):
            yield file
            continue
        part = PartFile(table, lake.table_uri(table), seq[table.name])
        part.add([{name: value for name, value in row.items() if name != "seq"} for row in kept])
        if action := part.close():
            yield {"table": table.name, **file_row(action)}


def _stays(row: Row, left: dict[str, str | None]) -> bool:
    """Whether this is the row that stays under its id; of equal ones the first is."""
    if left[row["doc_id"]] != row_hash(row):
        return False
    left[row["doc_id"]] = None
    return True


def _read(lake: Lake, table: Table, path: str) -> list[Row]:
    filesystem, folder = open_filesystem(lake.table_uri(table))
    with filesystem.open_input_file(f"{folder}/{path}") as stream:
        rows: list[Row] = pq.read_table(stream).to_pylist()
        return rows
