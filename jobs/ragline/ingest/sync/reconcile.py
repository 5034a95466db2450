"""What has to be written besides the tasks' own files: deletions, resolved refusals, the rows of ``items``; and the effects."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.ingest.reasons import ID_COLLISION, TRANSIENT
from ragline.ingest.sync.diff import Diff
from ragline.ingest.sync.effects import CHANGED, DELETED, KEPT, NEW, REFUSED, RESOLVED, SAME, EffectColumns
from ragline.ingest.sync.lake_state import LakeState
from ragline.ingest.sync.rows import document_deletion, item_deletion, item_row, quarantine_deletion
from ragline.ingest.sync.task_results import EXTRACTED, UNAVAILABLE, UNCHANGED
from ragline.lake.large_columns import is_among

Row = dict[str, Any]


@dataclass(frozen=True)
class Changes:
    """Rows that the driver writes, and what the run does.

    Attributes:
        written: document id and row hash of what the tasks wrote.
        effects: ``EFFECTS``, on the parts of every item that was extracted or is gone.
        unchanged, refusals: what stays of the other items: the number of their documents, their refusals by reason.
    """

    deletions: list[Row]
    resolved: list[Row]
    items: list[Row]
    written: list[tuple[str, str]]
    effects: pa.Table
    unchanged: int = 0
    refusals: dict[str, int] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        """Whether the documents and the quarantine stay as they are."""
        return not (self.deletions or self.resolved or self.written)


def reconcile(diff: Diff, state: LakeState, results: Iterable[Row], now: datetime) -> Changes:
    """Work out the changes from the diff, the tasks' results (one row per item to extract) and the state of the lake.

    The work is proportional to what changed, apart from look-ups of ids in the state.
    """
    results = list(results)
    items = {row["doc_id"]: row for row in diff.to_extract.to_pylist()}
    gone = diff.gone.to_pylist()
    parts = [part for row in results for part in row["parts"]]
    documents_now = {part["doc_id"] for part in parts if part["reason"] is None}
    refused_now = {part["doc_id"] for part in parts if part["reason"] is not None}
    # What came of these items before and does not now is deleted. Unavailable items are not among them: what they hold is not
    # known, so their documents stay.
    replaced = _owners([items[row["doc_id"]] for row in results if row["status"] == EXTRACTED] + gone)
    stored_documents = _by_id(state.documents, replaced.keys() | documents_now)
    untouched = _untouched_parts(diff, results)
    # What another item names as its own stays: earlier versions could give one id to two.
    for name in untouched if replaced else ():
        replaced.pop(name, None)
    deleted = [row for name, row in stored_documents.items() if name in replaced and name not in documents_now]
    resolved = [row for name, row in _by_id(state.quarantine, set(replaced)).items() if name not in refused_now]
    completed = diff.completed["doc_id"].to_pylist()
    effects = EffectColumns({*completed, *(row["doc_id"] for row in items.values() if _is_reread(row))})
    for name in completed:
        effects.add(name, name, KEPT)
    _add_results(effects, results, items, stored_documents)
    for kind, rows in ((DELETED, deleted), (RESOLVED, resolved)):
        for row in rows:
            effects.add(replaced[row["doc_id"]], row["doc_id"], kind, row["content_hash"] or "")
    return Changes(
        [document_deletion(row, now) for row in deleted],
        [quarantine_deletion(row, now) for row in resolved],
        [*_item_rows(results, items), *map(item_deletion, gone)],
        [(part["doc_id"], part["row_hash"]) for part in parts if part["written"]],
        effects.table(),
        *_stored(state, untouched, refused_now),
    )


def _untouched_parts(diff: Diff, results: Iterable[Row]) -> list[str]:
    """The ids of what the lake holds of the items that were not extracted."""
    names = pa.array([row["doc_id"] for row in results if row["status"] != EXTRACTED], pa.large_string())
    unextracted = diff.to_extract.filter(is_among(diff.to_extract["doc_id"], names))
    return [part for items in (unextracted, diff.unchanged) for part in pc.list_flatten(items["part_ids"]).to_pylist()]


def _add_results(effects: EffectColumns, results: list[Row], items: Mapping[str, Row], stored: Mapping[str, Row]) -> None:
    for row in results:
        for part in row["parts"]:
            kind = REFUSED if part["reason"] else CHANGED if part["written"] else SAME
            if kind != REFUSED and part["doc_id"] not in stored:
                kind = NEW
            effects.add(row["doc_id"], part["doc_id"], kind, part["content_hash"], part["reason"] or "")
        if row["status"] != EXTRACTED:
            for part_id in (row["doc_id"], *(items[row["doc_id"]]["part_ids"] or ())):
                effects.add(row["doc_id"], part_id, KEPT)


def _is_reread(item: Row) -> bool:
    listed, stored = (item["change_marker"], item["metadata_hash"]), (item["stored_marker"], item["stored_metadata_hash"])
    return bool(item["change_marker"]) and listed == stored


def _owners(items: Iterable[Row]) -> dict[str, str]:
    """The item of everything that came of these items the last time. A refused item stands in quarantine under its own id."""
    return {part: item["doc_id"] for item in items for part in (item["doc_id"], *(item["part_ids"] or ()))}


def _by_id(table: pa.Table, ids: set[str]) -> dict[str, Row]:
    wanted = pa.array(sorted(ids), pa.large_string())
    return {row["doc_id"]: row for row in table.filter(is_among(table["doc_id"], wanted)).to_pylist()}


def _item_rows(results: Iterable[Row], items: Mapping[str, Row]) -> Iterator[Row]:
    """The new row of ``items`` of each item whose row changes."""
    for result in results:
        item, status = {**items[result["doc_id"]], "change_marker": result["change_marker"]}, result["status"]
        if status == EXTRACTED:
            ids, hashes = ([part[name] for part in result["parts"]] for name in ("doc_id", "row_hash"))
            settings_hash = result["settings_hash"]
            # One with a part that gave way to another document is read each time: that one may be gone.
            gave_way = any(part["reason"] == ID_COLLISION for part in result["parts"])
            again = {"change_marker": "", "content_hash": ""} if gave_way else {}
            now = {"content_hash": result["content_hash"], "settings_hash": settings_hash, **again}
            yield item_row(item, part_ids=ids, part_hashes=hashes, **now)
        elif status == UNCHANGED and (item["change_marker"] or item["stored_settings_hash"] is None):
            # The new marker is what spares reading it the next time; without one there is nothing new to store.
            yield item_row(item, content_hash=result["content_hash"], settings_hash=result["settings_hash"])
        elif status == UNAVAILABLE and item["stored_marker"] != "":
            # An empty marker, so that it is read again the next time.
            stored = {name: item[f"stored_{name}"] or "" for name in ("content_hash", "metadata_hash", "settings_hash")}
            yield item_row(item, **stored, change_marker="")


def _stored(state: LakeState, parts: list[str], refused_now: set[str]) -> tuple[int, dict[str, int]]:
    """Of parts of items that were not extracted: how many documents the lake holds of them, and which refusals, by reason."""
    ids = pa.array(parts, pa.large_string())
    unchanged = pc.sum(is_among(state.documents["doc_id"], ids)).as_py() or 0
    refused = state.quarantine.filter(is_among(state.quarantine["doc_id"], ids))
    named = zip(refused["doc_id"].to_pylist(), refused["reason"].to_pylist(), strict=True)
    return unchanged, dict(Counter(reason for name, reason in named if name not in refused_now and reason not in TRANSIENT))
