"""From what executors say and what was known: what is gone, what is not refused any more, and how much of everything."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.ingest.reasons import PASSING
from ragline.ingest.sync.decide import Decision
from ragline.ingest.sync.known import Known
from ragline.ingest.sync.rows import deletion_row, resolution_row
from ragline.ingest.sync.task_results import DOCUMENT, KEPT, REFUSED, SAME, TAKEN

Row = dict[str, Any]

COUNTED = ("new", "changed", "moved", "deleted", "unchanged", "quarantined")


@dataclass(frozen=True)
class Settled:
    """Rows that the driver writes itself, and the counts. ``written``: (part, hash) of what executors wrote."""

    deletions: list[Row]
    resolutions: list[Row]
    items: list[Row]
    written: list[tuple[str, str]]
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    drops: dict[str, int] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        """Whether the documents and the quarantine stay as they are."""
        return not (self.deletions or self.resolutions or self.written)


def settle(decision: Decision, known: Known, outcomes: Iterable[Row], now: datetime) -> Settled:
    """Close the books of a run. The work follows the change, but for look-ups in what is known."""
    by_kind: dict[str, list[Row]] = {TAKEN: [], SAME: [], KEPT: []}
    for row in outcomes:
        by_kind[row["kind"]].append(row)
    parts = [part for row in (*by_kind[TAKEN], *by_kind[KEPT]) for part in _parts(row)]
    before = {row["doc_id"]: row for row in decision.take.to_pylist()}
    gone = decision.gone.to_pylist()
    settled_ids = _settled_ids(by_kind, before, gone)
    now_documents = {part["id"] for part in parts if part["kind"] == DOCUMENT}
    now_refused = {part["id"] for part in parts if part["kind"] == REFUSED}
    known_documents = _rows(known.documents, settled_ids | now_documents)
    deletions = [row for name, row in known_documents.items() if name in settled_ids and name not in now_documents]
    resolved = [row for name, row in _rows(known.quarantine, settled_ids).items() if name not in now_refused]
    written = [part for part in parts if part["written"]]
    settled = Settled(
        [deletion_row(row, now) for row in deletions],
        [resolution_row(row, now) for row in resolved],
        [*_item_rows(by_kind, before), *map(_gone_item, gone)],
        [(part["id"], part["hash"]) for part in written],
    )
    _count(settled, parts, known_documents, deletions)
    quiet = [before[row["doc_id"]] for row in by_kind[SAME]] + [before[row["doc_id"]] for row in by_kind[KEPT]]
    _count_quiet(settled, known, [part for row in quiet for part in row["part_ids"] or ()], now_refused)
    _count_quiet(settled, known, pc.list_flatten(decision.unchanged["part_ids"]).to_pylist(), now_refused)
    return settled


def _parts(row: Row) -> list[Row]:
    columns = ("part_ids", "part_hashes", "part_kinds", "part_contents", "part_reasons", "part_written")
    names = ("id", "hash", "kind", "content", "reason", "written")
    return [dict(zip(names, values, strict=True)) for values in zip(*(row[column] for column in columns), strict=True)]


def _settled_ids(by_kind: Mapping[str, list[Row]], before: Mapping[str, Row], gone: list[Row]) -> set[str]:
    """Everything that is known to have come of items of which we now know what they hold, or that they are gone."""
    items = [before[row["doc_id"]] for row in by_kind[TAKEN]] + gone
    return {part for item in items for part in (item["doc_id"], *(item["part_ids"] or ()))}


def _rows(table: pa.Table, ids: set[str]) -> dict[str, Row]:
    wanted = pa.array(sorted(ids), pa.string())
    return {row["doc_id"]: row for row in table.filter(pc.is_in(table["doc_id"], wanted)).to_pylist()}


def _item_rows(by_kind: Mapping[str, list[Row]], before: Mapping[str, Row]) -> Iterable[Row]:
    for row in by_kind[TAKEN]:
        item = before[row["doc_id"]]
        yield {**_of(item), "content_hash": row["content_hash"], "part_ids": row["part_ids"], "part_hashes": row["part_hashes"]}
    for row in by_kind[SAME]:
        item = before[row["doc_id"]]
        if item["change_marker"]:
            yield {**_of(item), "content_hash": row["content_hash"]}
    for row in by_kind[KEPT]:
        item = before[row["doc_id"]]
        known = {"content_hash": item["known_content"] or "", "metadata_hash": item["known_metadata"] or ""}
        if item["known_marker"] != "":  # without a marker it is read again the next time
            yield {**_of(item), **known, "change_marker": ""}


def _gone_item(item: Row) -> Row:
    return {**{name: item[name] for name in ("doc_id", "source", "source_id")}, "deleted": True}


def _of(item: Row) -> Row:
    names = ("doc_id", "source", "source_id", "change_marker", "metadata_hash")
    lists = {"part_ids": item["part_ids"] or [], "part_hashes": item["part_hashes"] or []}
    return {**{name: item[name] for name in names}, **lists, "deleted": False}


def _count(settled: Settled, parts: list[Row], known: Mapping[str, Row], deletions: list[Row]) -> None:
    counts = settled.counts
    fresh = [part for part in parts if part["kind"] == DOCUMENT and part["id"] not in known]
    documents = sum(part["kind"] == DOCUMENT for part in parts)
    counts["changed"] = sum(part["written"] and part["kind"] == DOCUMENT for part in parts) - len(fresh)
    counts["unchanged"] += documents - counts["changed"] - len(fresh)
    # One that went and one that came with the same content, in one source: it moved.
    went, came = Counter(row["content_hash"] for row in deletions), Counter(part["content"] for part in fresh)
    counts["moved"] = (went & came).total()
    counts["new"], counts["deleted"] = len(fresh) - counts["moved"], len(deletions) - counts["moved"]
    for part in parts:
        if part["kind"] == REFUSED:
            counts["quarantined"] += 1
            settled.drops[part["reason"]] = settled.drops.get(part["reason"], 0) + 1


def _count_quiet(settled: Settled, known: Known, parts: list[str], counted: set[str]) -> None:
    """Parts of items that were not taken in: what they were before, they are still."""
    ids = pa.array(parts, pa.string())
    settled.counts["unchanged"] += pc.sum(pc.is_in(known.documents["doc_id"], ids)).as_py() or 0
    refused = known.quarantine.filter(pc.is_in(known.quarantine["doc_id"], ids))
    for name, reason in zip(refused["doc_id"].to_pylist(), refused["reason"].to_pylist(), strict=True):
        if name not in counted and reason not in PASSING:
            settled.counts["quarantined"] += 1
            settled.drops[reason] = settled.drops.get(reason, 0) + 1
