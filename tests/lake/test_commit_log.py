"""Commits are found whatever became of the index that makes it quick."""

import shutil
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from ragline.contracts.tables import Table
from ragline.errors import CommitConflict
from ragline.lake import commit_log
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake

NUMBERS = Table("numbers", key=("number",), schema=pa.schema([("number", pa.int64()), ("seq", pa.int64())]))


@pytest.fixture
def lake(tmp_path):
    return Lake(str(tmp_path / "lake"))


def commit(lake, first, last):
    for number in range(first, last):
        rows = pa.table({"number": pa.array([number], pa.int64())})
        lake.write(NUMBERS, rows, Commit(f"k{number}", "r", {"n": number}), lake.version(NUMBERS))


def index_of(lake):
    return Path(lake.table_uri(NUMBERS), "_ragline", "commits.arrow")


def files_read(monkeypatch):
    read = []
    original = commit_log.read_bytes
    monkeypatch.setattr(commit_log, "read_bytes", lambda uri: read.append(uri) or original(uri))
    return read


def all_found(lake, number):
    assert [lake.find_commit(NUMBERS, f"k{n}").inputs["n"] for n in range(number)] == list(range(number))
    assert [info.version for info in lake.commits(NUMBERS)] == list(range(number))[::-1]
    assert [lake.last_commit(NUMBERS, at=at).version for at in range(number)] == list(range(number))
    assert lake.find_commit(NUMBERS, "another") is None


def test_a_look_up_reads_a_bounded_number_of_files_however_many_commits_there_are(lake, monkeypatch):
    most = []
    for first in range(0, 120, 30):
        commit(lake, first, first + 30)
        read = files_read(monkeypatch)
        lake.find_commit(NUMBERS, "k1")
        lake.find_commit(NUMBERS, "another")
        lake.last_commit(NUMBERS)
        most.append(len(read) / 3)
        monkeypatch.undo()
    assert max(most) <= 14
    all_found(lake, 120)


@pytest.mark.parametrize("damage", ["lost", "cut", "another file", "nothing in it"])
def test_a_lost_or_damaged_index_is_made_again(lake, damage):
    commit(lake, 0, 25)
    index = index_of(lake)
    content = index.read_bytes()
    if damage == "lost":
        index.unlink()
    else:
        index.write_bytes({"cut": content[: len(content) // 2], "another file": b"x" * 99, "nothing in it": b""}[damage])
    all_found(lake, 25)
    assert index.read_bytes() != b""
    commit(lake, 25, 30)
    all_found(lake, 30)


def test_an_older_index_that_took_the_place_of_a_newer_one_loses_nothing(lake):
    commit(lake, 0, 15)
    older = index_of(lake).read_bytes()
    commit(lake, 15, 40)
    index_of(lake).write_bytes(older)
    all_found(lake, 40)


def test_an_index_of_another_history_is_not_believed(lake, tmp_path):
    commit(lake, 0, 14)
    shutil.copytree(lake.table_uri(NUMBERS), tmp_path / "backup")
    commit(lake, 14, 30)
    index = index_of(lake).read_bytes()
    shutil.rmtree(lake.table_uri(NUMBERS))
    shutil.copytree(tmp_path / "backup", lake.table_uri(NUMBERS))
    index_of(lake).write_bytes(index)
    assert lake.find_commit(NUMBERS, "k20") is None
    all_found(lake, 14)
    rows = pa.table({"number": pa.array([0] * 1, pa.int64())})
    for number in range(30):
        lake.write(NUMBERS, rows, Commit(f"other {number}", "r"), lake.version(NUMBERS))
    index_of(lake).write_bytes(index)
    assert lake.find_commit(NUMBERS, "k20") is None
    assert lake.find_commit(NUMBERS, "other 20").version == 34


def test_many_writers_of_the_same_commits_make_each_once(lake):
    lake.ensure(NUMBERS)
    wrong = []

    def writer():
        try:
            for number in range(20):
                rows = pa.table({"number": pa.array([number], pa.int64())})
                Lake(lake.uri).append(NUMBERS, rows, Commit(f"k{number}", "r", {"n": number}), attempts=200)
        except CommitConflict as error:
            wrong.append(error)

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sorted(lake.read(NUMBERS)["number"].to_pylist()) == list(range(20))
