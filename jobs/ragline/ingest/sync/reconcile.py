"""What has to be written besides the tasks' own files: deletions, resolved refusals, the rows of ``items``; and the counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.ingest.reasons import TRANSIENT
from ragline.ingest.sync.diff import Diff
from ragline.ingest.sync.lake_state import LakeState
from ragline.ingest.sync.rows import document_deletion, item_deletion, item_row, quarantine_deletion
from ragline.ingest.sync.task_results import EXTRACTED, UNAVAILABLE, UNCHANGED

Row = dict[str, Any]

COUNTED = ("new", "changed", "moved", "deleted", "unchanged", "quarantined")


@dataclass(frozen=True)
class Changes:
    """Rows that the driver writes, and what the run did. ``written``: document id and row hash of what the tasks wrote.

    ``counts`` has every name of ``COUNTED``; ``drops`` counts refusals by reason.
    """

    deletions: list[Row]
    resolved: list[Row]
    items: list[Row]
    written: list[tuple[str, str]]
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    drops: dict[str, int] = field(default_factory=dict)

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
    replaced = _part_ids([items[row["doc_id"]] for row in results if row["status"] == EXTRACTED] + gone)
    stored_documents = _by_id(state.documents, replaced | documents_now)
    deleted = [row for name, row in stored_documents.items() if name in replaced and name not in documents_now]
    resolved = [row for name, row in _by_id(state.quarantine, replaced).items() if name not in refused_now]
    changes = Changes(
        [document_deletion(row, now) for row in deleted],
        [quarantine_deletion(row, now) for row in resolved],
        [*_item_rows(results, items), *map(item_deletion, gone)],
        [(part["doc_id"], part["row_hash"]) for part in parts if part["written"]],
    )
    _count_extracted(changes, parts, stored_documents, deleted)
    unextracted = [items[row["doc_id"]] for row in results if row["status"] != EXTRACTED]
    _count_stored(changes, state, [part for item in unextracted for part in item["part_ids"] or ()], refused_now)
    _count_stored(changes, state, pc.list_flatten(diff.unchanged["part_ids"]).to_pylist(), refused_now)
    return changes


def _part_ids(items: Iterable[Row]) -> set[str]:
    """The ids of everything that came of these items the last time. A refused item stands in quarantine under its own id."""
    return {part for item in items for part in (item["doc_id"], *(item["part_ids"] or ()))}


def _by_id(table: pa.Table, ids: set[str]) -> dict[str, Row]:
    wanted = pa.array(sorted(ids), pa.string())
    return {row["doc_id"]: row for row in table.filter(pc.is_in(table["doc_id"], wanted)).to_pylist()}


def _item_rows(results: Iterable[Row], items: Mapping[str, Row]) -> Iterator[Row]:
    """The new row of ``items`` of each item whose row changes."""
    for result in results:
        item, status = items[result["doc_id"]], result["status"]
        if status == EXTRACTED:
            ids, hashes = ([part[name] for part in result["parts"]] for name in ("doc_id", "row_hash"))
            settings_hash = result["settings_hash"]
            yield item_row(
                item, content_hash=result["content_hash"], settings_hash=settings_hash, part_ids=ids, part_hashes=hashes
            )
        elif status == UNCHANGED and (item["change_marker"] or item["stored_settings_hash"] is None):
            # The new marker is what spares reading it the next time; without one there is nothing new to store.
            yield item_row(item, content_hash=result["content_hash"], settings_hash=result["settings_hash"])
        elif status == UNAVAILABLE and item["stored_marker"] != "":
            # An empty marker, so that it is read again the next time.
            stored = {name: item[f"stored_{name}"] or "" for name in ("content_hash", "metadata_hash", "settings_hash")}
            yield item_row(item, **stored, change_marker="")


def _count_extracted(changes: Changes, parts: list[Row], stored: Mapping[str, Row], deleted: list[Row]) -> None:
    counts = changes.counts
    documents = [part for part in parts if part["reason"] is None]
    fresh = [part for part in documents if part["doc_id"] not in stored]
    counts["changed"] = sum(part["written"] for part in documents) - len(fresh)
    counts["unchanged"] += len(documents) - counts["changed"] - len(fresh)
    # One that is gone and a new one with the same content, in one source: it moved.
    gone_contents, new_contents = (Counter(row["content_hash"] for row in rows) for rows in (deleted, fresh))
    counts["moved"] = (gone_contents & new_contents).total()
    counts["new"], counts["deleted"] = len(fresh) - counts["moved"], len(deleted) - counts["moved"]
    for part in parts:
        if part["reason"] is not None:
            _count_refusal(changes, part["reason"])


def _count_stored(changes: Changes, state: LakeState, parts: list[str], refused_now: set[str]) -> None:
    """Count the parts of items that were not extracted: what the lake holds of them still counts."""
    ids = pa.array(parts, pa.string())
    changes.counts["unchanged"] += pc.sum(pc.is_in(state.documents["doc_id"], ids)).as_py() or 0
    refused = state.quarantine.filter(pc.is_in(state.quarantine["doc_id"], ids))
    for name, reason in zip(refused["doc_id"].to_pylist(), refused["reason"].to_pylist(), strict=True):
        if name not in refused_now and reason not in TRANSIENT:
            _count_refusal(changes, reason)


def _count_refusal(changes: Changes, reason: str) -> None:
    changes.counts["quarantined"] += 1
    changes.drops[reason] = changes.drops.get(reason, 0) + 1
