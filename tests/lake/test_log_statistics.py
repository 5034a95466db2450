"""Statistics in a table's log hold no content, and old logs lose theirs without losing anything else."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from ragline.contracts.tables import DOCUMENTS, TABLES
from ragline.lake import log_statistics
from ragline.lake.commits import KEEP_LOG, Commit, commit_properties
from ragline.lake.lake import Lake
from ragline.lake.log_statistics import forget_content_statistics
from ragline.lake.part_files import write_part

MARKER = "zeppelin"


@pytest.fixture
def lake(tmp_path):
    return Lake(str(tmp_path / "lake"))


def rows(seq):
    values = [
        {"doc_id": f"d{seq}", "title": f"{MARKER} {seq}", "text": MARKER, "source_id": MARKER, "seq": seq, "deleted": False}
    ]
    return pa.Table.from_pylist(values, schema=DOCUMENTS.schema)


def write_old_table(lake, commits):
    """A table as earlier versions made it: with statistics of every column."""
    for seq in range(commits):
        write_deltalake(
            lake.table_uri(DOCUMENTS),
            rows(seq),
            mode="append",
            commit_properties=commit_properties(Commit(f"k{seq}", "r", {"n": seq}, "fp")),
            post_commithook_properties=KEEP_LOG,
        )
        if seq == commits // 2:
            DeltaTable(lake.table_uri(DOCUMENTS)).create_checkpoint()


def log_text(lake):
    folder = Path(lake.table_uri(DOCUMENTS), "_delta_log")
    texts = [file.read_text() for file in folder.glob("*.json")]
    return "\n".join([*texts, *(repr(pq.read_table(file).to_pylist()) for file in folder.glob("*.parquet"))])


def what_readers_see(lake, versions):
    return [
        (
            lake.read(DOCUMENTS, version).sort_by("doc_id").to_pylist(),
            [(file.path, file.rows, file.first_seq, file.last_seq) for file in lake.files(DOCUMENTS, version)],
            list(lake.commits(DOCUMENTS, version)),
        )
        for version in versions
    ]


def test_an_old_log_loses_the_content_in_its_statistics_and_nothing_else(lake):
    write_old_table(lake, 6)
    assert MARKER in log_text(lake)
    before = what_readers_see(lake, range(6))
    assert forget_content_statistics(lake, DOCUMENTS) == 7
    assert MARKER not in log_text(lake)
    assert what_readers_see(lake, range(6)) == before
    assert lake.find_commit(DOCUMENTS, "k3").inputs == {"n": 3}
    assert forget_content_statistics(lake, DOCUMENTS) == 0


def test_entries_that_a_killed_run_did_not_reach_are_rewritten_by_the_next(lake, monkeypatch):
    write_old_table(lake, 4)
    original, done = log_statistics.write_bytes, []

    def killed(uri, content):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(uri)
        original(uri, content)

    monkeypatch.setattr(log_statistics, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        forget_content_statistics(lake, DOCUMENTS)
    monkeypatch.undo()
    assert MARKER in log_text(lake)
    forget_content_statistics(lake, DOCUMENTS)
    assert MARKER not in log_text(lake)


@pytest.mark.parametrize("how", ["write", "ensure and write", "files"])
def test_new_commits_have_statistics_of_ids_and_numbers_only(lake, how):
    if how == "files":
        base = lake.ensure(DOCUMENTS)
        made = rows(0).drop_columns(["seq"]).to_pylist()
        lake.write_files(DOCUMENTS, write_part(DOCUMENTS, lake.table_uri(DOCUMENTS), base + 1, made), Commit("k", "r"), base)
    else:
        base = lake.ensure(DOCUMENTS) if "ensure" in how else None
        lake.write(DOCUMENTS, rows(0), Commit("k", "r"), base)
    lake.snapshot(DOCUMENTS).create_checkpoint()
    assert MARKER not in log_text(lake)
    (file,) = lake.files(DOCUMENTS)
    assert (file.rows, file.first_seq) == (1, lake.version(DOCUMENTS))


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_no_column_that_holds_content_has_statistics(lake, table):
    lake.ensure(table)
    named = json.loads(json.dumps(lake.snapshot(table).metadata().configuration))["delta.dataSkippingStatsColumns"].split(",")
    assert not set(named) & set(table.retention.content)
    assert "seq" in named
