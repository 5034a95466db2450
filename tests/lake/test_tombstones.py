from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from ragline.contracts.tables import TOMBSTONES
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.tombstones import live_tombstones
from tests.retrieval.examples import table_of

DAY = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def bury(lake: Lake, *rows: dict[str, object]) -> None:
    """Each row in a commit of its own."""
    lake.ensure(TOMBSTONES)
    for row in rows:
        filled = {"documents_version": 1, "reason": "deleted", "deleted_at": DAY, "content": "c", **row}
        lake.append(TOMBSTONES, table_of(TOMBSTONES, [filled]), Commit(f"bury-{lake.version(TOMBSTONES)}", "gate"))


def live(lake: Lake, version: int | None = None) -> list[tuple[str, int]]:
    rows = live_tombstones(lake, version).to_pylist()
    return sorted((row["doc_id"], row["documents_version"]) for row in rows)


def test_a_lake_without_tombstones_has_none(lake: Lake) -> None:
    assert live_tombstones(lake).to_pylist() == []


def test_a_deletion_says_when_and_why(lake: Lake) -> None:
    bury(lake, {"doc_id": "a"})
    assert live_tombstones(lake).to_pylist() == [{"doc_id": "a", "documents_version": 1, "deleted_at": DAY, "reason": "deleted"}]


def test_an_ended_deletion_does_not_count_and_one_that_begins_again_does(lake: Lake) -> None:
    bury(lake, {"doc_id": "a"}, {"doc_id": "a", "documents_version": 2, "reason": "returned", "ended": True})
    assert live(lake) == []
    bury(lake, {"doc_id": "a", "documents_version": 3})
    assert live(lake) == [("a", 3)]
    assert live(lake, version=1) == [("a", 1)]


def test_the_end_of_one_content_ends_no_other(lake: Lake) -> None:
    bury(lake, {"doc_id": "a", "content": "old"}, {"doc_id": "a", "content": "new", "documents_version": 2})
    bury(lake, {"doc_id": "a", "content": "new", "documents_version": 3, "ended": True})
    assert live(lake) == [("a", 1)]


def test_a_gate_that_comes_late_changes_nothing_that_a_newer_version_said(lake: Lake) -> None:
    bury(lake, {"doc_id": "a", "documents_version": 5}, {"doc_id": "a", "documents_version": 4, "ended": True})
    assert live(lake) == [("a", 5)]


def test_withdrawn_passages_are_no_deletion(lake: Lake) -> None:
    bury(lake, {"doc_id": "a", "content": None, "reason": "changed", "kept_chunk_ids": ["x"]})
    assert live(lake) == []


def test_rows_of_older_code_are_deletions(lake: Lake) -> None:
    old = pa.schema([("doc_id", pa.string()), ("documents_version", pa.int64()), ("reason", pa.string())])
    old = old.append(pa.field("deleted_at", pa.timestamp("us", tz="UTC"))).append(pa.field("seq", pa.int64()))
    row = {"doc_id": "a", "documents_version": 1, "reason": "deleted", "deleted_at": DAY, "seq": 0}
    write_deltalake(lake.table_uri(TOMBSTONES), pa.Table.from_pylist([row], schema=old))
    assert live(lake) == [("a", 1)]
    bury(lake, {"doc_id": "b", "documents_version": 2})
    assert live(lake) == [("a", 1), ("b", 2)]
