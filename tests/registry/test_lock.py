import os
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from ragline.config.loader import load_settings
from ragline.config.settings import Settings
from ragline.errors import RegistryBusy
from ragline.lake.file_lock import NoFileLocks
from ragline.registry import lock
from ragline.registry.lock import registry_lock
from tests.project import Project
from tests.together import together


@pytest.fixture
def settings(project: Project) -> Settings:
    return project.settings()


def add_one(config: Path, counter: Path) -> None:
    """Read a number, take one's time, write the next one: lost if two do it at once."""
    settings = load_settings(config)
    for _ in range(10):
        with registry_lock(settings):
            number = int(counter.read_text())
            time.sleep(0.002)
            counter.write_text(str(number + 1))


def killed_while_holding(config: Path, counter: Path) -> None:
    with registry_lock(load_settings(config)):
        counter.write_text("held")
        os.kill(os.getpid(), signal.SIGKILL)


def test_two_processes_hold_the_lock_one_after_the_other(project: Project, tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    work = partial(add_one, project.config, counter)

    assert together(work, work) == [None, None]

    assert counter.read_text() == "20"


def test_a_killed_process_lets_go_at_once(project: Project, settings: Settings, tmp_path: Path) -> None:
    counter = tmp_path / "counter"

    together(partial(killed_while_holding, project.config, counter))

    assert counter.read_text() == "held"
    with registry_lock(settings, wait_seconds=0):
        pass


def test_whoever_waits_in_vain_is_told_who_has_it(settings: Settings) -> None:
    problems = []

    def other() -> None:
        try:
            with registry_lock(settings, wait_seconds=0):
                pass
        except RegistryBusy as busy:
            problems.append(str(busy))

    with registry_lock(settings):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    assert f"The registry of handbook is being changed by process {os.getpid()} of " in problems[0]


def test_the_lock_may_be_taken_again_by_who_has_it(settings: Settings) -> None:
    with registry_lock(settings), registry_lock(settings, wait_seconds=0) as again:
        again.check()
    with registry_lock(settings, wait_seconds=0):
        pass


def test_a_file_system_without_locks_gets_a_lease(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise NoFileLocks

    monkeypatch.setattr(lock, "file_lock", refuse)
    with registry_lock(settings):
        assert (Path(settings.lake.uri) / "leases" / "_delta_log").is_dir()


def test_an_expired_lease_stops_further_changes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise NoFileLocks

    monkeypatch.setattr(lock, "file_lock", refuse)
    with registry_lock(settings) as held:
        monkeypatch.setattr(time, "monotonic", lambda real=time.monotonic: real() + 61)
        with pytest.raises(RegistryBusy, match="took too long"):
            held.check()
