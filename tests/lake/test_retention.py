"""Which documents are past their deadline."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from ragline.config.retention import RetentionSettings
from ragline.contracts.tables import DOCUMENTS, TOMBSTONES
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, publish
from ragline.lake.retention import documents_past_deadline

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    return Lake(str(tmp_path / "lake"))


def write(lake, *rows):
    """One commit of rows (doc_id, days since its deletion, or None if it is there)."""
    made = [
        {"doc_id": name, "deleted": days is not None, "deleted_at": None if days is None else NOW - timedelta(days=days)}
        for name, days in rows
    ]
    table = pa.Table.from_pylist(made, schema=DOCUMENTS.schema)
    return lake.write(DOCUMENTS, table, Commit(repr(rows), "r"), lake.version(DOCUMENTS))


def tombstone(lake, name, days):
    row = {"doc_id": name, "documents_version": 0, "reason": "deleted", "deleted_at": NOW - timedelta(days=days), "seq": 0}
    lake.append(TOMBSTONES, pa.Table.from_pylist([row], schema=TOMBSTONES.schema), Commit(f"{name} {days}", "r"))


def past(lake, days):
    return sorted(documents_past_deadline(lake, RetentionSettings(deleted=days), NOW)["doc_id"].to_pylist())


def test_a_document_is_past_its_deadline_so_many_days_after_its_deletion(lake):
    publish(lake, Publication("documents", write(lake, ("old", 30), ("young", 29.9), ("here", None)), "r"))
    assert past(lake, 30) == ["old"]
    assert past(lake, 0) == ["old", "young"]


def test_a_deletion_that_no_gate_has_let_through_does_not_count(lake):
    publish(lake, Publication("documents", write(lake, ("a", None), ("b", None)), "r"))
    write(lake, ("a", 40), ("b", 40))
    assert past(lake, 0) == []
    tombstone(lake, "a", 40)
    assert past(lake, 0) == ["a"]


def test_a_document_that_came_back_is_not_gone(lake):
    write(lake, ("a", 40))
    publish(lake, Publication("documents", write(lake, ("a", None)), "r"))
    tombstone(lake, "a", 40)
    assert past(lake, 0) == []


def test_a_tombstone_speaks_for_a_document_whose_rows_are_gone_and_the_newest_deletion_counts(lake):
    publish(lake, Publication("documents", write(lake, ("other", None)), "r"))
    tombstone(lake, "a", 40)
    assert past(lake, 30) == ["a"]
    tombstone(lake, "a", 3)
    assert past(lake, 30) == []


def test_an_empty_lake_has_none(lake):
    assert past(lake, 0) == []
