"""The lake's promises: what counts, what changed, who commits."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragline.contracts.tables import PUBLISHED, Table
from ragline.errors import CommitConflict, LakeError
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.stored_files import newest_rows

OUTCOMES = Table(
    "outcomes",
    key=("doc_id",),
    version_key="doc_id",
    schema=pa.schema(
        [("doc_id", pa.string()), ("normal_hash", pa.string()), ("seq", pa.int64()), ("deleted", pa.bool_())],
    ),
)


def rows(*triples):
    """(doc_id, normal_hash, deleted) rows of the outcomes table."""
    return pa.Table.from_pylist([dict(zip(("doc_id", "normal_hash", "deleted"), triple, strict=True)) for triple in triples])


def hashes(lake, **kwargs):
    return dict(zip(*(lake.read(OUTCOMES, **kwargs)[c].to_pylist() for c in ("doc_id", "normal_hash")), strict=True))


@pytest.fixture
def lake(tmp_path):
    return Lake(str(tmp_path / "lake"))


def test_a_table_that_was_never_written_reads_as_empty(lake):
    assert lake.version(OUTCOMES) is None
    assert lake.read(OUTCOMES).num_rows == 0
    assert lake.last_commit(OUTCOMES) is None


def test_the_newest_row_of_a_key_counts_and_a_deleted_one_does_not(lake):
    lake.write(OUTCOMES, rows(("a", "1", False), ("b", "1", False)), Commit("k1", "r"), None)
    lake.write(OUTCOMES, rows(("a", "2", False), ("b", "", True)), Commit("k2", "r"), 0)
    assert hashes(lake) == {"a": "2"}
    assert hashes(lake, version=0) == {"a": "1", "b": "1"}


def test_since_returns_only_what_was_written_later(lake):
    lake.write(OUTCOMES, rows(("a", "1", False), ("b", "1", False)), Commit("k1", "r"), None)
    lake.write(OUTCOMES, rows(("b", "2", False)), Commit("k2", "r"), 0)
    lake.write(OUTCOMES, rows(("c", "1", False)), Commit("k3", "r"), 1)
    assert hashes(lake, since=0) == {"b": "2", "c": "1"}
    assert hashes(lake, since=0, version=1) == {"b": "2"}


def test_a_commit_key_is_written_once(lake):
    commit = Commit("k1", "first", {"documents": 3}, "fp")
    lake.write(OUTCOMES, rows(("a", "1", False)), commit, None)
    assert lake.write(OUTCOMES, rows(("a", "9", False)), Commit("k1", "second"), 0) == 0
    assert hashes(lake) == {"a": "1"}
    info = lake.find_commit(OUTCOMES, "k1")
    assert (info.version, info.run_id, info.inputs, info.fingerprint) == (0, "first", {"documents": 3}, "fp")


def test_of_two_commits_from_one_snapshot_the_second_is_told(lake):
    lake.write(OUTCOMES, rows(("a", "1", False)), Commit("k1", "r"), None)
    lake.write(OUTCOMES, rows(("a", "2", False)), Commit("k2", "r"), 0)
    with pytest.raises(CommitConflict, match="outcomes"):
        lake.write(OUTCOMES, rows(("a", "3", False)), Commit("k3", "r"), 0)
    with pytest.raises(CommitConflict):
        lake.write(OUTCOMES, rows(("a", "3", False)), Commit("k4", "r"), None)
    assert hashes(lake) == {"a": "2"}


def test_overwrite_replaces_everything_and_keeps_history(lake):
    lake.write(OUTCOMES, rows(("a", "1", False), ("b", "1", False)), Commit("k1", "r"), None)
    lake.write(OUTCOMES, rows(("c", "1", False)), Commit("k2", "r"), 0, mode="overwrite")
    assert hashes(lake) == {"c": "1"}
    assert hashes(lake, version=0) == {"a": "1", "b": "1"}


def test_a_filter_sees_only_rows_that_count(lake):
    lake.write(OUTCOMES, rows(("a", "1", False)), Commit("k1", "r"), None)
    lake.write(OUTCOMES, rows(("a", "2", False)), Commit("k2", "r"), 0)
    assert lake.read(OUTCOMES, filter=pc.field("normal_hash") == "1").num_rows == 0


def test_appends_to_a_log_survive_each_other(lake):
    def row(version):
        values = dict.fromkeys(PUBLISHED.schema.names) | {"table": "chunks", "version": version, "seq": 0}
        return pa.Table.from_pylist([values], schema=PUBLISHED.schema)

    for version in range(3):
        Lake(lake.uri).append(PUBLISHED, row(version), Commit(f"k{version}", "r"))
    assert sorted(lake.read(PUBLISHED)["version"].to_pylist()) == [0, 1, 2]


def test_an_unwritable_lake_is_said_to_be_one(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LakeError, match="outcomes"):
        Lake(str(tmp_path / "file")).write(OUTCOMES, rows(("a", "1", False)), Commit("k", "r"), None)


def test_a_version_that_does_not_exist_is_named(lake):
    lake.write(OUTCOMES, rows(("a", "1", False)), Commit("k1", "r"), None)
    with pytest.raises(LakeError, match="version 7"):
        lake.read(OUTCOMES, version=7)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 5)), max_size=20))
def test_newest_rows_agrees_with_a_plain_loop(pairs):
    newest = {key: max(seq for k, seq in pairs if k == key) for key, _ in pairs}
    keys = pa.chunked_array([pa.array([k for k, _ in pairs], pa.string())])
    seqs = pa.chunked_array([pa.array([s for _, s in pairs], pa.int64())])
    assert newest_rows(keys, seqs).to_pylist() == [seq == newest[key] for key, seq in pairs]


def test_files_with_statistics_of_some_columns_are_found_by_the_others(lake):
    """What executors write says the range of ``seq`` and of the key alone; that must not hide rows from any filter."""
    import json
    import os

    import pyarrow.parquet as pq
    from deltalake.transaction import AddAction

    base = lake.ensure(OUTCOMES)
    table = rows(("a", "1", False), ("b", "2", False)).append_column("seq", pa.array([base + 1] * 2, pa.int64()))
    path = f"{lake.table_uri(OUTCOMES)}/part-0.parquet"
    pq.write_table(table.select(OUTCOMES.schema.names), path)
    stats = {"numRecords": 2, "minValues": {"seq": base + 1}, "maxValues": {"seq": base + 1}, "nullCount": {"seq": 0}}
    action = AddAction("part-0.parquet", os.path.getsize(path), {}, 0, True, json.dumps(stats))
    lake.write_files(OUTCOMES, [action], Commit("k1", "r"), base)
    assert lake.read(OUTCOMES, filter=pc.field("normal_hash") == "2")["doc_id"].to_pylist() == ["b"]
    found = lake.dataset(OUTCOMES).to_table(filter=pc.field("normal_hash").isin(["1"]))
    assert found["doc_id"].to_pylist() == ["a"]
    assert lake.read(OUTCOMES, since=base + 1).num_rows == 0


def test_a_table_gets_the_columns_that_came_later_and_old_rows_and_versions_have_nothing_there(lake):
    lake.write(OUTCOMES, rows(("a", "1", False)), Commit("k1", "r"), None)
    grown = replace(OUTCOMES, schema=OUTCOMES.schema.append(pa.field("score", pa.float64())))
    assert lake.read(grown)["score"].to_pylist() == [None]
    base = lake.ensure(grown)
    later = rows(("b", "2", False)).append_column("score", pa.array([0.5]))
    lake.write(grown, later, Commit("k2", "r"), base)
    found = lake.read(grown)
    assert dict(zip(found["doc_id"].to_pylist(), found["score"].to_pylist(), strict=True)) == {"a": None, "b": 0.5}
    assert lake.read(grown, version=0)["score"].to_pylist() == [None]
    assert lake.ensure(grown) == lake.version(grown)
