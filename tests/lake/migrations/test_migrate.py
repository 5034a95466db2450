"""A lake that older code wrote is brought up to date once, whoever comes first and however often it is interrupted."""

import shutil
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pytest

from ragline.contracts.tables import APPLIED_MIGRATIONS, CHUNK_STATE, DOCUMENT_STATE
from ragline.errors import NewerLake
from ragline.lake import files
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.migrations.migrate import migrate, remove_replaced_tables
from ragline.lake.migrations.migration import Migration
from ragline.lake.migrations.registry import MIGRATIONS
from tests.integration.object_store import BUCKET, object_store

OLD_DOCUMENTS, OLD_CHUNKS = replace(DOCUMENT_STATE, name="outcomes"), replace(CHUNK_STATE, name="passages")
CHANGES = ["migration 1: table outcomes is now document_state", "migration 1: table passages is now chunk_state"]


def write_old_tables(lake):
    """Three versions of what older code called ``outcomes`` and two of ``passages``."""
    for number in range(3):
        row = {"doc_id": f"d{number}", "outcome": "chunked", "chunk_count": number, "deleted": False}
        rows = pa.Table.from_pylist([row], schema=OLD_DOCUMENTS.schema)
        commit = Commit(f"key {number}", f"run {number}", {"documents": number, "chunks": number + 1}, "print")
        lake.write(OLD_DOCUMENTS, rows, commit, number - 1 if number else None)
    for number in range(2):
        rows = pa.Table.from_pylist([{"chunk_id": f"c{number}", "doc_id": "d", "deleted": False}], schema=OLD_CHUNKS.schema)
        lake.write(OLD_CHUNKS, rows, Commit(f"key {number}", "run"), number - 1 if number else None)


@pytest.fixture
def lake(tmp_path):
    made = Lake(str(tmp_path / "lake"))
    write_old_tables(made)
    return made


def everything(lake, documents=DOCUMENT_STATE, chunks=CHUNK_STATE):
    """Commits, versions, and the rows at every version."""
    versions = [lake.version(documents), lake.version(chunks)]
    rows = [lake.read(documents, version).sort_by("doc_id").to_pylist() for version in range(versions[0] + 1)]
    commits = [list(lake.commits(table)) for table in (documents, chunks)]
    return versions, commits, rows, lake.read(chunks).sort_by("chunk_id").to_pylist()


def test_a_renamed_table_keeps_its_versions_commits_and_rows(lake):
    before = everything(lake, OLD_DOCUMENTS, OLD_CHUNKS)
    assert migrate(lake, "upgrade") == CHANGES
    assert everything(lake) == before
    (row,) = lake.read(APPLIED_MIGRATIONS).to_pylist()
    assert (row["number"], row["run_id"], row["changes"]) == (1, "upgrade", CHANGES)


def test_it_happens_once_and_the_table_grows_under_its_new_name_alone(lake):
    migrate(lake, "upgrade")
    rows = pa.Table.from_pylist([{"doc_id": "new", "deleted": False}], schema=DOCUMENT_STATE.schema)
    assert lake.write(DOCUMENT_STATE, rows, Commit("later", "run"), 2) == 3
    assert migrate(lake, "next") == []
    assert lake.version(OLD_DOCUMENTS) == 2
    assert lake.read(DOCUMENT_STATE)["doc_id"].to_pylist().count("new") == 1


def test_a_new_lake_has_nothing_to_say_and_is_marked_as_up_to_date(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    assert migrate(lake, "first") == []
    assert lake.read(APPLIED_MIGRATIONS)["number"].to_pylist() == [migration.number for migration in MIGRATIONS]


@pytest.mark.parametrize("killed_at", range(1, 9))
def test_one_that_is_interrupted_is_completed_by_the_next_run(lake, monkeypatch, killed_at):
    before, copy, copied = everything(lake, OLD_DOCUMENTS, OLD_CHUNKS), files._copy_file, []

    def copy_until_killed(source, target):
        copied.append(target)
        if len(copied) == killed_at:
            raise KeyboardInterrupt
        copy(source, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(files, "_copy_file", copy_until_killed)
        migrate(lake, "killed")
    assert migrate(lake, "next") == CHANGES
    assert everything(lake) == before


def test_one_that_is_killed_before_it_is_recorded_is_recorded_by_the_next_run(lake, monkeypatch):
    before = everything(lake, OLD_DOCUMENTS, OLD_CHUNKS)

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("ragline.lake.migrations.migrate._record", killed)
        migrate(lake, "killed")
    migrate(lake, "next")
    assert everything(lake) == before
    assert lake.read(APPLIED_MIGRATIONS)["run_id"].to_pylist() == ["next"]


def test_runs_that_migrate_at_the_same_moment_end_as_one(lake):
    before = everything(lake, OLD_DOCUMENTS, OLD_CHUNKS)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: migrate(Lake(lake.uri), f"run {number}"), range(6)))
    assert everything(lake) == before
    assert lake.read(APPLIED_MIGRATIONS)["number"].to_pylist() == [1]


def test_a_disk_without_hard_links_gets_copies(lake, monkeypatch):
    def no_links(*arguments):
        raise OSError(files.errno.EPERM, "Operation not permitted")

    before = everything(lake, OLD_DOCUMENTS, OLD_CHUNKS)
    monkeypatch.setattr(files.os, "link", no_links)
    migrate(lake, "upgrade")
    shutil.rmtree(Path(lake.uri) / "outcomes")
    shutil.rmtree(Path(lake.uri) / "passages")
    assert everything(lake) == before


def test_migrations_that_were_added_later_are_applied_alone_and_in_order(lake):
    migrate(lake, "first")
    order = []

    def step(number):
        return Migration(number, f"step {number}", lambda lake: order.append(number) or [f"did {number}"])

    later = (*MIGRATIONS, step(2), step(3))
    assert migrate(lake, "second", later) == ["migration 2: did 2", "migration 3: did 3"]
    assert migrate(lake, "third", later) == []
    assert order == [2, 3]


def test_a_lake_of_newer_code_is_left_alone(lake):
    migrate(lake, "newer", (*MIGRATIONS, Migration(2, "of the future", lambda lake: [])))
    with pytest.raises(NewerLake, match=r"migration 2.*install that version"):
        migrate(lake, "older")


def test_old_tables_are_removed_after_the_retention_and_not_before(lake):
    assert remove_replaced_tables(lake, 0) == 0
    assert lake.version(OLD_DOCUMENTS) == 2
    migrate(lake, "upgrade")
    after = everything(lake)
    assert remove_replaced_tables(lake, 24) == 0
    assert remove_replaced_tables(lake, 0) == 2
    assert (lake.version(OLD_DOCUMENTS), lake.version(OLD_CHUNKS)) == (None, None)
    assert everything(lake) == after
    assert remove_replaced_tables(lake, 0) == 0


def migrate_an_old_lake(uri):
    """What was changed, at first and again; how many old tables were removed; the tables before and after."""
    lake = Lake(uri)
    write_old_tables(lake)
    before = everything(lake, OLD_DOCUMENTS, OLD_CHUNKS)
    changes = migrate(lake, "upgrade"), migrate(lake, "next")
    return changes, remove_replaced_tables(lake, 0), before, everything(lake)


def test_on_an_object_store_it_is_the_same(monkeypatch):
    with object_store() as (environment, _):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        # In a process of its own: the store is a thread of this one, and delta-rs does not let go of Python while it waits.
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            changes, removed, before, after = pool.submit(migrate_an_old_lake, f"s3://{BUCKET}/lake").result()
    assert changes == (CHANGES, [])
    assert removed == 2
    assert after == before
