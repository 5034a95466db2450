"""What compaction may leave out, case by case."""

import pyarrow as pa
import pytest

from ragline.contracts.tables import (
    CHUNK_STATE,
    CHUNKS,
    DOCUMENT_STATE,
    DOCUMENTS,
    EMBEDDINGS,
    FEEDBACK,
    ITEMS,
    NEAR_PAIRS,
    QUARANTINE,
    TOMBSTONES,
    TRAINING_PAIRS,
)
from ragline.errors import LakeError, NothingToDo
from ragline.lake.commits import Commit
from ragline.lake.publications import RELEASE, Publication, publish
from tests.maintain.histories import LONG_AGO, History, run_maintain, stored_text, tombstone


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "lake")


def maintain(history, **retention):
    try:
        return run_maintain(history.lake, **retention)
    except NothingToDo:
        return None


def rows_stored(history):
    return history.lake.dataset(DOCUMENTS).to_table(["doc_id", "seq", "deleted"]).sort_by("seq").to_pylist()


def append(lake, table, *rows):
    base = lake.version(table)
    lake.write(table, pa.Table.from_pylist(list(rows), schema=table.schema), Commit(f"{table.name} {base}", "r"), base)


def test_superseded_and_deleted_rows_go_and_what_stays_keeps_its_seq(history):
    for changes in ({"a": True, "b": True}, {"a": True}, {"b": False}, {"c": True}):
        history.write(changes)
    history.publish()
    maintain(history)
    assert rows_stored(history) == [
        {"doc_id": "a", "seq": 1, "deleted": False},
        {"doc_id": "c", "seq": 3, "deleted": False},
    ]


def test_a_marker_stays_while_an_older_row_stands_in_a_file_that_is_not_rewritten(history):
    history.write(dict.fromkeys("abcdefghij", True))
    history.write({"a": False})
    history.publish()
    # One of ten rows of the first file is dead, all of the second: only that one pays.
    maintain(history, dead_share=0.5, deleted=500)
    assert {row["doc_id"] for row in history.lake.read(DOCUMENTS).to_pylist()} == set("bcdefghij")
    assert [row["doc_id"] for row in rows_stored(history) if row["deleted"]] == ["a"]


def test_a_deletion_that_its_consumer_has_not_read_stays_without_content(history):
    history.write({"a": True, "b": True})
    history.publish()
    history.consume(False)
    history.write({"a": False})
    history.publish()
    maintain(history, deleted=0)
    (marker,) = history.lake.dataset(DOCUMENTS).to_table().filter(pa.compute.field("deleted")).to_pylist()
    assert marker["doc_id"] == "a"
    assert marker["source_id"] is None
    assert marker["deleted_at"] == LONG_AGO
    assert history.seen(1, 0) == {"a": None}
    history.consume(False)
    maintain(history, deleted=0)
    assert [row["doc_id"] for row in rows_stored(history)] == ["b"]


def test_a_deletion_that_is_not_published_stays_and_so_does_what_it_deletes(history):
    history.write({"a": True})
    history.publish()
    history.write({"a": False})
    maintain(history, deleted=0)
    assert history.seen(0, None) == {"a": "words 1 of a"}
    assert history.seen(1, 0) == {"a": None}


def test_past_the_deadline_a_published_version_is_read_without_the_document(history):
    history.write({"a": True, "b": True})
    history.publish()
    history.consume(False)
    history.release()
    history.write({"a": False})
    tombstone(history.lake, "a", 1)  # the gate of the rest has not passed yet
    maintain(history, deleted=0)
    assert history.seen(0, None) == {"b": "words 1 of b"}
    assert "of a" not in stored_text(history.lake_folder)


def test_a_version_before_an_overwrite_stays_until_it_holds_what_must_go(history):
    history.write({"a": True, "b": True})
    history.publish()
    history.consume(False)
    history.release()
    history.consume(True)
    maintain(history)
    assert history.lake.read(CHUNKS, 0).num_rows == 2
    history.write({"a": False})
    history.publish()
    maintain(history, deleted=0)
    with pytest.raises(LakeError, match="Version 0 of table chunks .* has expired"):
        history.lake.read(CHUNKS, 0)
    assert "of a" not in stored_text(history.lake_folder)


def test_files_that_were_replaced_a_moment_ago_do_not_outlive_the_deadline(history):
    history.write({"a": True, "b": True})
    history.write({"a": False})
    history.publish()
    tombstone(history.lake, "a", 1)
    run_maintain(history.lake, retention_hours=168, deleted=500)
    assert "of a" in stored_text(history.lake_folder)
    run_maintain(history.lake, retention_hours=168, deleted=0)
    assert "of a" not in stored_text(history.lake_folder)


def test_a_deletion_stays_as_long_as_staged_work_that_has_not_seen_it_may_be_committed(history):
    history.write({"a": True, "b": True})
    history.write({"a": False})
    history.publish()
    maintain(history, deleted=0, retention_hours=168)
    assert history.seen(1, 0) == {"a": None}
    assert "a.md" not in stored_text(history.lake_folder)
    maintain(history, deleted=0, retention_hours=0)
    assert [row["doc_id"] for row in rows_stored(history)] == ["b"]


def test_a_row_in_an_old_file_goes_although_rewriting_does_not_pay(history):
    history.write(dict.fromkeys("abcdefghij", True))
    history.write({"a": True})
    history.publish()
    assert maintain(history, dead_share=0.5, deleted=500, superseded=500).counts.get("rows removed") is None
    assert maintain(history, dead_share=0.5, deleted=500, superseded=0).counts["rows removed"] == 1


def test_vectors_stay_while_a_chunk_that_is_read_has_their_text(history):
    history.write({"a": True, "b": True})
    history.publish()
    history.consume(False)
    for number in (1, 9):
        rows = [{"text_hash": f"words {number} of {name}", "model_fingerprint": "m", "vector": [0.5]} for name in "ab"]
        append(history.lake, EMBEDDINGS, *rows)
    maintain(history, deleted=0)
    assert sorted(history.lake.read(EMBEDDINGS)["text_hash"].to_pylist()) == ["words 1 of a", "words 1 of b"]
    history.write({"a": False})
    history.publish()
    maintain(history, deleted=0)
    assert history.lake.read(EMBEDDINGS)["text_hash"].to_pylist() == ["words 1 of b"]


def test_similarities_go_with_the_texts_that_they_are_of(history):
    state = [{"doc_id": name, "normal_hash": f"hash of {name}", "deleted": False} for name in "ab"]
    append(history.lake, DOCUMENT_STATE, *state)
    append(history.lake, CHUNK_STATE, {"chunk_id": "c1", "doc_id": "a", "normal_hash": "hash of c1", "deleted": False})
    pairs = [("hash of a", "hash of b"), ("hash of b", "hash of c1"), ("hash of a", "hash of nothing")]
    rows = [{"left_hash": left, "right_hash": right, "shingle_words": 5, "score": 0.9} for left, right in pairs]
    append(history.lake, NEAR_PAIRS, *rows)
    maintain(history, deleted=0)
    kept = history.lake.read(NEAR_PAIRS, columns=["left_hash", "right_hash"]).to_pylist()
    assert [tuple(row.values()) for row in kept] == pairs[:2]


def test_pairs_and_events_about_a_deleted_document_go(history):
    history.write({"a": True, "b": True})
    history.publish()
    history.consume(False)
    history.release()
    (a, b) = (f"{name}/2" for name in "ab")
    append(
        history.lake,
        FEEDBACK,
        {"event_id": "1", "query": "q1", "release": 3, "ranked": [b, a], "clicked": [a], "corrected": []},
        {"event_id": "2", "query": "q2", "release": 3, "ranked": [b, a], "clicked": [b], "corrected": []},
        {"event_id": "3", "query": "q3", "release": 3, "ranked": [b, a], "clicked": [], "corrected": []},
        {"event_id": "4", "query": "q4", "release": 9, "ranked": ["unknown"], "clicked": ["unknown"], "corrected": []},
    )
    append(
        history.lake,
        TRAINING_PAIRS,
        {"pair_id": "1", "positive": "of a", "doc_id": "a", "deleted": False},
        {"pair_id": "2", "positive": "x", "doc_id": "b", "negatives": ["of a"], "negative_doc_ids": ["a"], "deleted": False},
        {"pair_id": "3", "positive": "x", "doc_id": "b", "negative_doc_ids": ["b"], "deleted": False},
    )
    history.write({"a": False})
    history.publish()
    history.consume(False)
    maintain(history, deleted=0)
    assert history.lake.read(FEEDBACK)["event_id"].to_pylist() == ["2"]
    assert history.lake.read(TRAINING_PAIRS)["pair_id"].to_pylist() == ["3"]


def test_what_a_source_still_lists_stays_in_items_and_quarantine(history):
    """A file that became unreadable is no document any more, but its source lists it, and people look for it in quarantine."""
    history.write({"a": True, "b": True})
    append(history.lake, ITEMS, *({"doc_id": name, "source_id": f"{name}.md", "deleted": False} for name in "ab"))
    append(history.lake, QUARANTINE, {"doc_id": "a", "message": "unreadable", "deleted": False})
    history.write({"a": False, "b": False})
    append(history.lake, ITEMS, {"doc_id": "b", "source_id": "b.md", "deleted": True})
    history.publish()
    maintain(history, deleted=0)
    assert history.lake.read(ITEMS)["doc_id"].to_pylist() == ["a"]
    assert history.lake.read(QUARANTINE)["message"].to_pylist() == ["unreadable"]
    assert "b.md" not in stored_text(history.lake_folder)


def test_a_tombstone_outlives_every_kept_release_that_is_older(history):
    history.write({"a": True, "b": True})
    history.publish()
    history.consume(False)
    history.release()
    history.write({"a": False})
    history.publish()
    tombstone(history.lake, "a", 1)
    maintain(history, deleted=0)
    assert history.lake.read(TOMBSTONES)["doc_id"].to_pylist() == ["a"]
    history.consume(False)
    history.release()
    history.expire()
    maintain(history, deleted=0)
    assert history.lake.read(TOMBSTONES).num_rows == 0


def test_a_commit_that_came_between_is_not_lost(history, monkeypatch):
    for changes in ({"a": True}, {"a": True}):
        history.write(changes)
    history.publish()
    original = type(history.lake).replace_files

    def raced(lake, *arguments):
        history.write({"b": True})
        return original(lake, *arguments)

    monkeypatch.setattr(type(history.lake), "replace_files", raced)
    manifest = maintain(history)
    assert manifest.counts["tables left for next time"] == 1
    monkeypatch.undo()
    maintain(history)
    assert history.seen(history.lake.version(DOCUMENTS), None) == {"a": "words 2 of a", "b": "words 3 of b"}


def test_nothing_is_done_twice(history):
    history.write({"a": True, "b": True})
    history.write({"a": False})
    history.publish()
    publish(history.lake, Publication(RELEASE, 1, "r", inputs={"documents": 0}))
    maintain(history, deleted=0)
    again = maintain(history, deleted=0)
    assert again is None, again.counts
