import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from ragline_local.service import Service, ServiceError, run_once
from tests.local.waiting import wait_for
from tests.places import REPOSITORY

# A program that leaves a daemon behind, in a session of its own, deaf to TERM.
DAEMON = """
import pathlib, subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
pathlib.Path(sys.argv[1]).write_text(str(subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True).pid))
time.sleep(600)
"""


def started(tmp_path: Path, *command: str) -> Service:
    return Service("thing", [sys.executable, "-c", *command], os.environ, tmp_path / "thing.log", grace=0.5)


def test_stopping_leaves_no_descendant(tmp_path: Path) -> None:
    service = started(tmp_path, DAEMON, str(tmp_path / "pid"))
    daemon = int(wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text()))
    service.begin_stop()
    service.finish_stop()
    assert not psutil.pid_exists(daemon)
    assert not psutil.pid_exists(service.pid)


def test_a_service_that_ended_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    service = started(tmp_path, "import sys; print('the disk is full'); sys.exit(5)")
    wait_for(lambda: service._process.poll() is not None)
    with pytest.raises(ServiceError, match=r"thing ended with exit code 5(.|\n)*the disk is full"):
        service.check()
    service.finish_stop()


def test_a_step_that_fails_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"migrate failed with exit code 1(.|\n)*no such table"):
        run_once("migrate", [sys.executable, "-c", "raise SystemExit('no such table')"], os.environ, tmp_path / "migrate.log")


def test_nothing_survives_a_starter_that_is_killed(tmp_path: Path) -> None:
    starter = (
        "import os, pathlib, sys, time; from ragline_local.service import Service;"
        f"s = Service('thing', [sys.executable, '-c', {DAEMON!r}, {str(tmp_path / 'pid')!r}], os.environ,"
        f" pathlib.Path({str(tmp_path / 'log')!r}), grace=0.5); time.sleep(600)"
    )
    process = psutil.Popen([sys.executable, "-c", starter], env={**os.environ, "PYTHONPATH": str(REPOSITORY / "deploy")})
    daemon = psutil.Process(int(wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())))
    process.send_signal(signal.SIGKILL)
    process.wait()
    daemon.wait(20)
    assert not daemon.is_running()
