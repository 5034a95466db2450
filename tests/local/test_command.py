"""``python -m ragline_local``, as a person runs it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from ragline_local.line import Line
from ragline_local.rest import AirflowRest, wait_until
from ragline_local.running import find_running
from tests.local.waiting import wait_for
from tests.places import REPOSITORY
from tests.project import Project

PATH = os.pathsep.join(str(REPOSITORY / folder) for folder in ("jobs", "deploy"))


def local(project: Project, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": PATH, "RAGLINE_HOME": str(project.root), **environment}
    command = [sys.executable, "-m", "ragline_local", *arguments]
    return subprocess.run(command, env=env, cwd=project.root, capture_output=True, text=True, check=False, timeout=240)


def test_no_java_is_one_sentence_and_exit_code_2(project: Project, tmp_path: Path) -> None:
    done = local(project, "demo", "--config", "handbook", JAVA_HOME=str(tmp_path / "none"))
    assert done.returncode == 2
    assert done.stderr.startswith("ragline: Spark needs Java")
    assert len(done.stderr.splitlines()) == 1


def test_a_port_in_use_is_one_sentence_and_exit_code_2(project: Project) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = str(server.getsockname()[1])
        done = local(project, "demo", "--config", "handbook", "--airflow-port", port)
    assert done.returncode == 2
    assert f"Port {port} for Airflow cannot be used" in done.stderr


def test_an_unknown_pipeline_is_one_sentence_and_exit_code_2(project: Project) -> None:
    done = local(project, "up", "nowhere")
    assert done.returncode == 2
    assert "There is no configuration file 'nowhere'" in done.stderr


def test_down_with_nothing_running_says_so(project: Project) -> None:
    done = local(project, "down")
    assert done.returncode == 0
    assert "Nothing was running." in done.stdout


def test_the_demo_without_its_pipeline_is_one_sentence_and_exit_code_2(project: Project) -> None:
    done = local(project, "demo")
    assert done.returncode == 2
    assert "There is no configuration file 'packages'" in done.stderr


@pytest.mark.airflow
@pytest.mark.timeout(300)
def test_up_serves_a_project_without_pipelines_and_then_the_one_that_it_gets(project: Project) -> None:
    pipeline = project.config.read_text()
    project.config.unlink()
    try:
        first = local(project, "up")
        assert first.returncode == 0, first.stderr
        assert "There is no pipeline yet" in first.stdout
        project.config.write_text(pipeline)
        second = local(project, "up")
        assert "It is already running." in second.stdout
        assert "Pipelines: handbook." in second.stdout
        assert "make up PIPELINE=handbook" in second.stdout
        running = find_running(project.root)
        assert running is not None
        assert httpx.get(running.mlflow, timeout=30).status_code == 200
        rest = AirflowRest(running.airflow, running.user, running.password)
        line = Line(rest, "handbook")
        wait_until(line.are_dags_there, 120, "the pipeline's DAGs")
        assert rest.dag_runs("handbook.") == []
    finally:
        stopped = local(project, "down")
    assert "Stopped." in stopped.stdout
    assert find_running(project.root) is None


@pytest.mark.airflow
def test_ctrl_c_ends_the_demo_with_130_and_leaves_no_process(project: Project) -> None:
    env = {**os.environ, "PYTHONPATH": PATH, "RAGLINE_HOME": str(project.root), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "ragline_local", "demo", "--config", "handbook"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=env, cwd=project.root, text=True, start_new_session=True, **pipes) as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline() == "Starting Airflow …\n"
        wait_for(lambda: psutil.Process(demo.pid).children(recursive=True))
        os.killpg(demo.pid, signal.SIGINT)  # as a terminal does it
        _, said = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert said == "Stopped: nothing that was started still runs.\n"
    assert not [process for process in psutil.process_iter(["environ"]) if _belongs_to(process, project)]


def _belongs_to(process: psutil.Process, project: Project) -> bool:
    return (process.info["environ"] or {}).get("RAGLINE_HOME") == str(project.root)
