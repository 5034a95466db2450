import sys
from pathlib import Path

import psutil
import pytest

from ragline_local.running import Running, find_running, record, state_file, stop_running


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".ragline").mkdir()
    return tmp_path


def running(pid: int, started: float) -> Running:
    return Running(pid, started, "http://127.0.0.1:1", "http://127.0.0.1:2", "admin", "word")


def test_without_a_state_file_nothing_runs(root: Path) -> None:
    assert find_running(root) is None
    assert stop_running(root) is False


def test_a_stack_that_runs_is_found_and_its_password_is_kept_from_others(root: Path) -> None:
    own = psutil.Process()
    record(root, running(own.pid, own.create_time()))
    assert find_running(root) == running(own.pid, own.create_time())
    assert state_file(root).stat().st_mode & 0o077 == 0


def test_another_process_with_the_same_id_is_not_the_stack(root: Path) -> None:
    own = psutil.Process()
    record(root, running(own.pid, own.create_time() - 1000))
    assert find_running(root) is None
    assert stop_running(root) is False
    assert own.is_running()


def test_stopping_ends_the_process_and_forgets_it(root: Path) -> None:
    process = psutil.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    record(root, running(process.pid, process.create_time()))
    assert stop_running(root) is True
    assert process.wait(10) != 0
    assert not state_file(root).exists()


def test_a_state_file_that_was_cut_off_means_nothing_runs(root: Path) -> None:
    state_file(root).write_text('{"pid": 1, "star')
    assert find_running(root) is None
