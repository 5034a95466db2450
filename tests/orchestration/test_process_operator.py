"""The operator that runs a job as a process, with real processes."""

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException, AirflowTaskTimeout
from airflow.sdk.execution_time.task_runner import _run_execute_callable

from ragline.contracts.run_manifest import run_manifest_uri
from ragline_airflow.assets import NEWEST_RUN, asset
from ragline_airflow.process_operator import RaglineJobOperator
from tests.orchestration.task_context import task_context
from tests.project import Project

RUN_ID = "manual__2026-01-01T00-00-00-00-00.work.try1"
LEAVE_MANIFEST = """
import json, pathlib, sys
status, code, uri = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
uri.parent.mkdir(parents=True)
uri.write_text(json.dumps({"job": "gate", "pipeline": "handbook", "run_id": "r", "started_at": "now", "status": status,
    "message": "seven rows are wrong", "inputs": [{"name": "chunks", "version": 4}], "counts": {"checked": 12}}))
sys.exit(code)
"""


def operator(project: Project, *program: str, **kwargs: Any) -> RaglineJobOperator:
    command = kwargs.pop("command", "gate chunks")
    return RaglineJobOperator(task_id="work", command=command, settings=project.settings(), program=program, **kwargs)


def ending_with(project: Project, status: str, code: int, **kwargs: Any) -> RaglineJobOperator:
    uri = run_manifest_uri(project.settings().lake.uri, "gate", RUN_ID)
    return operator(project, sys.executable, "-c", LEAVE_MANIFEST, status, str(code), uri, **kwargs)


def test_a_done_job_returns_what_it_read_and_counted_and_where_its_manifest_is(project: Project) -> None:
    context = task_context()
    returned = ending_with(project, "done", 0).execute(context)
    assert returned["inputs"] == {"chunks": 4}
    assert returned["counts"] == {"checked": 12}
    assert returned["run_manifest"].endswith(f"/lake/_runs/gate/{RUN_ID}.json")
    assert context["ti"].pushed == {"run_manifest": returned["run_manifest"]}


def test_publishing_announces_the_exact_version(project: Project) -> None:
    context = task_context()
    ending_with(project, "done", 0, publishes="chunks").execute(context)
    extra = context["outlet_events"][asset("handbook", "chunks")].extra
    assert (extra["dataset"], extra["version"]) == ("chunks", 4)
    assert context["asset_state_store"][asset("handbook", "chunks")].kept == {NEWEST_RUN: extra["run_manifest"]}


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("nothing_to_do", 3, AirflowSkipException),
        ("gate_failed", 4, AirflowFailException),
        ("bad_input", 2, AirflowFailException),
        ("failed", 1, AirflowException),
    ],
)
def test_an_exit_code_means_skip_fail_or_retry(project: Project, status: str, code: int, expected: type[Exception]) -> None:
    with pytest.raises(expected, match="seven rows are wrong") as raised:
        ending_with(project, status, code).execute(task_context())
    assert type(raised.value) is expected


def test_a_job_that_was_killed_may_be_tried_again(project: Project) -> None:
    with pytest.raises(AirflowException, match="exit code 137") as raised:
        operator(project, sys.executable, "-c", "import os; os.kill(os.getpid(), 9)").execute(task_context())
    assert type(raised.value) is AirflowException


def test_a_job_that_leaves_no_manifest_is_not_done(project: Project) -> None:
    with pytest.raises(AirflowException, match="left no run manifest"):
        operator(project, sys.executable, "-c", "pass").execute(task_context())


def test_the_job_is_told_its_config_run_id_project_and_lineage_parent(project: Project, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = (
        "import os, sys; open(sys.argv[1], 'w').write("
        "' '.join(sys.argv[2:]) + '\\n' + os.environ['RAGLINE_HOME'] + '\\n' + os.environ['OPENLINEAGE_PARENT_ID'])"
    )
    with pytest.raises(AirflowException):
        operator(project, sys.executable, "-c", script, str(seen), options={"--release": 3}).execute(task_context())
    argv, home, parent = seen.read_text().splitlines()
    assert argv == f"gate chunks --config {project.config} --run-id {RUN_ID} --release 3"
    assert home == str(project.root)
    assert parent.split("/")[1] == "handbook.test.work"


def test_a_secret_reaches_the_job_by_environment_and_never_by_argv(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_STORE", '{"conn_type": "generic", "password": "s3cret", "extra": {"region": "north"}}')
    project.configure(airflow={"secrets": {"STORE_KEY": "store.password", "STORE_REGION": "store.region"}})
    seen = tmp_path / "seen"
    script = "import os, sys; open(sys.argv[1], 'w').write(os.environ['STORE_KEY'] + os.environ['STORE_REGION'] + str(sys.argv))"
    with pytest.raises(AirflowException):
        operator(project, sys.executable, "-c", script, str(seen)).execute(task_context())
    assert seen.read_text().startswith("s3cretnorth")
    assert "s3cret" not in seen.read_text().removeprefix("s3cret")


def test_what_is_airflow_s_stays_out_of_the_job(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__FERNET_KEY", "AIRFLOW_CONN_OTHER", "AIRFLOW_VAR_X"):
        monkeypatch.setenv(name, "")
    seen = tmp_path / "seen"
    script = "import os, sys; open(sys.argv[1], 'w').write(' '.join(os.environ))"
    with pytest.raises(AirflowException):
        operator(project, sys.executable, "-c", script, str(seen)).execute(task_context())
    assert "PATH" in seen.read_text().split()
    assert not [name for name in seen.read_text().split() if name.startswith(("AIRFLOW__", "AIRFLOW_CONN_", "AIRFLOW_VAR_"))]


GRANDCHILD = """
import os, pathlib, signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True)
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(600)
"""


def wait_for_pid(file: Path) -> int:
    deadline = time.monotonic() + 20
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(file.read_text())


def test_killing_the_task_ends_grandchildren_that_ignore_term(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragline_airflow.process_operator.GRACE_SECONDS", 0.5)
    task = operator(project, sys.executable, "-c", GRANDCHILD, str(tmp_path / "pid"))
    ended: list[BaseException] = []

    def run() -> None:
        try:
            task.execute(task_context())
        except AirflowException as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    grandchild = wait_for_pid(tmp_path / "pid")
    task.on_kill()
    thread.join(20)
    assert not psutil.pid_exists(grandchild)
    assert len(ended) == 1


def test_a_task_that_takes_too_long_ends_what_it_started_and_may_be_tried_again(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragline_airflow.process_operator.GRACE_SECONDS", 0.5)
    task = operator(
        project, sys.executable, "-c", GRANDCHILD, str(tmp_path / "pid"), execution_timeout=timedelta(seconds=3), retries=1
    )

    with pytest.raises(AirflowTaskTimeout):
        _run_execute_callable(task_context(), task.execute, task)  # as Airflow calls a task that has a time limit

    assert not psutil.pid_exists(wait_for_pid(tmp_path / "pid"))


def test_nothing_survives_a_task_process_that_is_killed(tmp_path: Path) -> None:
    holder = (
        "import subprocess, sys; from ragline.runtime.guard import guarded;"
        f"p = subprocess.Popen(guarded([sys.executable, '-c', {GRANDCHILD!r}, {str(tmp_path / 'pid')!r}], 0.5),"
        " stdin=subprocess.PIPE, start_new_session=True); p.wait()"
    )
    process = psutil.Popen([sys.executable, "-c", holder])
    grandchild = psutil.Process(wait_for_pid(tmp_path / "pid"))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    grandchild.wait(20)
    assert not grandchild.is_running()
