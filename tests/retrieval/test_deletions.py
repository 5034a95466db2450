"""When deletions are read, and what a search does when they cannot be."""

import gc
import logging
import shutil
import threading
import weakref
from pathlib import Path

import pytest

from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.contracts.tables import TOMBSTONES
from ragline.errors import DeletionsUnknown
from ragline.lake.lake import Lake
from ragline.retrieval.deletions import Tombstones
from tests.retrieval.examples import HANDBOOK, bury, write_passages

STRICT = DeletionPolicy(refresh_seconds=5, outage_seconds=60)
LAST_KNOWN = DeletionPolicy(deletions="last_known", refresh_seconds=5, outage_seconds=60)


class Clock:
    """Seconds that go by when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class CountedLake(Lake):
    """A lake that counts how often it is asked for the version of its tombstones, and may hang or be gone."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.asked, self.rows = 0, 0
        self.found = threading.Event()
        self.hangs: threading.Event | None = None

    def version(self, table):  # type: ignore[no-untyped-def]
        self.asked += table is TOMBSTONES
        if self.hangs is not None and table is TOMBSTONES:
            self.hangs.wait(30)
        return super().version(table)

    def read(self, *arguments, **named):  # type: ignore[no-untyped-def]
        found = super().read(*arguments, **named)
        self.rows += found.num_rows
        if arguments[0] is TOMBSTONES and found.num_rows:
            self.found.set()
        return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lake(tmp_path: Path) -> CountedLake:
    made = CountedLake(str(tmp_path / "lake"))
    write_passages(made, HANDBOOK)
    return made


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ragline-background"]


def test_searches_ask_the_lake_once_in_the_time_that_a_list_may_be_old(lake: CountedLake, clock: Clock) -> None:
    opened = Tombstones(lake, 0, STRICT, clock)
    for _ in range(100):
        clock.now += 0.04
        opened.hidden()
    assert lake.asked == 1
    assert threads() == []  # who searches once pays for no thread


def test_a_deletion_is_hidden_within_the_time_that_a_list_may_be_old(lake: CountedLake, clock: Clock) -> None:
    opened = Tombstones(lake, 0, STRICT, clock)
    assert opened.hidden().documents == frozenset()
    bury(lake, ["vpn"], documents_version=1)
    clock.now += 5.1
    assert opened.hidden().documents == {"vpn"}
    opened.close()


def test_only_what_is_new_is_read(lake: CountedLake, clock: Clock) -> None:
    bury(lake, [f"old{i}" for i in range(50)], documents_version=1)
    opened = Tombstones(lake, 0, STRICT, clock)
    assert len(opened.hidden().documents) == 50
    bury(lake, ["vpn"], documents_version=2)
    lake.rows = 0
    opened.refresh()
    assert lake.rows == 1
    assert len(opened.hidden().documents) == 51


def test_the_list_is_read_in_the_background_once_searches_go_on(lake: CountedLake) -> None:
    opened = Tombstones(lake, 0, DeletionPolicy(refresh_seconds=0.02))
    while not threads():  # the first search that finds the list too old starts the thread
        opened.hidden()
    bury(lake, ["vpn"], documents_version=1)
    assert lake.found.wait(30)  # no search asks for it
    (thread,) = threads()
    opened.close()
    assert not thread.is_alive()
    assert opened._hidden.documents == {"vpn"}


def test_the_thread_ends_with_its_owner(lake: CountedLake, clock: Clock) -> None:
    opened = Tombstones(lake, 0, STRICT, clock)
    opened.hidden()
    clock.now += 6
    opened.hidden()
    (thread,), gone = threads(), weakref.ref(opened)
    del opened
    gc.collect()
    assert gone() is None
    thread.join(10)
    assert not thread.is_alive()


def test_strict_is_not_ready_before_the_deletions_were_read_once(tmp_path: Path, clock: Clock) -> None:
    opened = Tombstones(Lake(str(tmp_path / "nowhere")), 0, STRICT, clock)
    for _ in range(2):
        with pytest.raises(DeletionsUnknown, match="Not ready to search: .* not known. There is no lake at .*nowhere"):
            opened.hidden()


def test_strict_becomes_ready_when_the_lake_comes_back(tmp_path: Path, clock: Clock) -> None:
    lake = Lake(str(tmp_path / "lake"))
    opened = Tombstones(lake, 0, STRICT, clock)
    with pytest.raises(DeletionsUnknown):
        opened.hidden()
    write_passages(lake, HANDBOOK)
    bury(lake, ["vpn"], documents_version=1)
    clock.now += 6
    assert opened.hidden().documents == {"vpn"}
    opened.close()


def test_an_outage_is_bridged_by_the_last_list_for_a_bounded_time(
    lake: CountedLake, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bury(lake, ["vpn"], documents_version=1)
    opened = Tombstones(lake, 0, STRICT, clock)
    opened.hidden()
    shutil.move(tmp_path / "lake", tmp_path / "away")
    with caplog.at_level(logging.INFO):
        for _ in range(10):
            clock.now += 6
            assert opened.hidden().documents == {"vpn"}
        clock.now += 6
        with pytest.raises(DeletionsUnknown, match=r"in the last 66 seconds is not known \(search.outage_seconds: 60\)"):
            opened.hidden()
        shutil.move(tmp_path / "away", tmp_path / "lake")
        clock.now += 6
        assert opened.hidden().documents == {"vpn"}
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    opened.close()


def test_last_known_searches_by_what_it_knows_for_ever(tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    lake = Lake(str(tmp_path / "lake"))
    opened = Tombstones(lake, 0, LAST_KNOWN, clock)
    with caplog.at_level(logging.WARNING):
        assert opened.hidden().documents == frozenset()
    assert [record.message for record in caplog.records] == [
        f"Deletions since documents version 0 may still be found: There is no lake at {tmp_path / 'lake'}."
    ]
    write_passages(lake, HANDBOOK)
    bury(lake, ["vpn"], documents_version=1)
    clock.now += 6
    assert opened.hidden().documents == {"vpn"}
    shutil.rmtree(tmp_path / "lake")
    clock.now += 100_000
    assert opened.hidden().documents == {"vpn"}
    opened.close()


def test_a_damaged_table_is_an_outage(lake: CountedLake, clock: Clock, tmp_path: Path) -> None:
    bury(lake, ["vpn"], documents_version=1)
    for file in (tmp_path / "lake" / "tombstones").glob("*.parquet"):
        file.write_bytes(b"PAR1")
    with pytest.raises(DeletionsUnknown):
        Tombstones(lake, 0, STRICT, clock).hidden()


def test_a_lake_that_hangs_makes_no_search_hang(lake: CountedLake, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragline.retrieval.deletions._PATIENCE_SECONDS", 0.01)
    bury(lake, ["vpn"], documents_version=1)
    opened = Tombstones(lake, 0, STRICT, clock)
    opened.hidden()
    lake.hangs = threading.Event()
    for _ in range(10):
        clock.now += 6
        assert opened.hidden().documents == {"vpn"}
    clock.now += 6
    with pytest.raises(DeletionsUnknown, match="The lake does not answer"):
        opened.hidden()
    lake.hangs.set()
    opened.close()


def test_a_lake_put_back_from_a_copy_is_read_from_its_start(lake: CountedLake, clock: Clock, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "lake", tmp_path / "copy")
    for version in (1, 2, 3):
        bury(lake, [f"gone{version}"], documents_version=version)
    opened = Tombstones(lake, 0, STRICT, clock)
    opened.hidden()
    shutil.rmtree(tmp_path / "lake")
    shutil.move(tmp_path / "copy", tmp_path / "lake")
    bury(lake, ["vpn"], documents_version=1)
    opened.refresh()
    assert "vpn" in opened.hidden().documents


def test_an_outage_shorter_than_a_refresh_is_no_policy() -> None:
    with pytest.raises(ValueError, match="outage_seconds is 1, less than refresh_seconds 5"):
        DeletionPolicy(outage_seconds=1)
