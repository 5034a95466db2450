import time
from functools import partial
from pathlib import Path

import pytest

from ragline.contracts.tables import LEASES
from ragline.lake.file_lock import StillLocked
from ragline.lake.lake import Lake
from ragline.lake.lease import LeaseExpired, lease
from tests.together import together


def add_one(uri: str, counter: Path) -> None:
    """Read a number, take one's time, write the next one: lost if two do it at once."""
    for _ in range(3):
        with lease(Lake(uri), "registry", "somebody", wait_seconds=30):
            number = int(counter.read_text())
            time.sleep(0.005)
            counter.write_text(str(number + 1))


def test_two_processes_hold_it_one_after_the_other(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    work = partial(add_one, str(tmp_path / "lake"), counter)

    assert together(work, work) == [None, None]

    assert counter.read_text() == "6"


def test_whoever_waits_in_vain_is_told_who_has_it(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))

    with (
        lease(lake, "registry", "ada's promotion", wait_seconds=0),
        pytest.raises(StillLocked, match="ada's promotion"),
        lease(lake, "registry", "ben's rollback", wait_seconds=0),
    ):
        pass


def test_a_holder_that_was_killed_is_succeeded_after_the_lease(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    killed = lease(lake, "registry", "killed", wait_seconds=0)
    killed.__enter__()

    with lease(lake, "registry", "next", wait_seconds=30, lease_seconds=0.3):
        assert lake.read(LEASES).sort_by("seq")["holder"].to_pylist() == ["killed", "next"]

    # It was only slow: coming back, it does not free what belongs to the next one by now.
    with lease(lake, "registry", "third", wait_seconds=30):
        killed.__exit__(None, None, None)
        assert lake.read(LEASES).sort_by("seq")["holder"].to_pylist()[-1] == "third"


def test_a_holder_notices_that_its_lease_has_ended(tmp_path: Path) -> None:
    with lease(Lake(str(tmp_path)), "registry", "slow", wait_seconds=0, lease_seconds=60) as taken:
        taken.check()
    with lease(Lake(str(tmp_path)), "registry", "slow", wait_seconds=0, lease_seconds=0) as taken, pytest.raises(LeaseExpired):
        taken.check()


def test_leases_of_different_names_do_not_wait_for_each_other(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))

    with lease(lake, "registry", "one", wait_seconds=0), lease(lake, "other", "two", wait_seconds=0):
        assert sorted(lake.read(LEASES)["name"].to_pylist()) == ["other", "registry"]
