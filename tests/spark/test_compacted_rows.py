"""Executors read an earlier version from a compacted table as this process does."""

import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.lake.stored_rows import Range, rows_here, stored_count
from ragline.spark import stored_rows as reader
from tests.maintain.histories import History, run_maintain

pytestmark = pytest.mark.spark


def rows_of(table):
    return sorted((row["doc_id"], row["text"], row["seq"], row["deleted"]) for row in table.to_pylist())


@pytest.mark.parametrize("in_driver", [True, False])
def test_every_reader_sees_the_same_of_a_version_that_a_compacted_table_holds(spark, tmp_path, monkeypatch, in_driver):
    history = History(tmp_path / "lake")
    history.write({"a": True, "b": True, "c": True})
    history.write({"a": True})
    history.publish()
    history.consume(False)
    history.write({"a": True, "b": False})
    history.write({"a": True})
    run_maintain(history.lake, deleted=500, dead_share=0.01)
    assert history.lake.upkeep_notes(DOCUMENTS).holding(1) > 3
    if not in_driver:
        monkeypatch.setattr(reader, "_ROWS_IN_DRIVER", -1)
    for version, rows in ((1, None), (1, Range(since=0)), (3, None), (3, Range(until=1)), (None, Range(until=1))):
        wanted = rows_here(history.lake, DOCUMENTS, ("doc_id", "text"), version, rows)
        found = reader.stored_rows(spark, history.lake, DOCUMENTS, ("doc_id", "text"), version, rows).toArrow()
        assert rows_of(found) == rows_of(wanted)
    at_one = rows_here(history.lake, DOCUMENTS, ("doc_id", "text"), 1)
    assert rows_of(at_one) == [("a", "words 2 of a", 1, False), ("b", "words 1 of b", 0, False), ("c", "words 1 of c", 0, False)]
    assert stored_count(history.lake, DOCUMENTS, 1, Range()) >= 3
