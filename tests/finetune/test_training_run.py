"""The MLflow run of a training never stays open."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ragline.contracts.run_manifest import RunManifest
from ragline.finetune.training_run import end_abandoned, training_run
from ragline.runtime.run import Run
from tests.places import REPOSITORY
from tests.project import Project

if TYPE_CHECKING:
    from mlflow import MlflowClient

KILLED_WHILE_REGISTERING = """
import os, signal, sys
from pathlib import Path
from ragline.finetune.training_run import training_run
from ragline.config.loader import load_settings
from ragline.runtime.run import execute
from ragline.registry.tracking import connect

def work(run):
    with training_run(connect(run.settings), run, {}, {}):
        os.kill(os.getpid(), signal.SIGKILL)

execute("finetune", load_settings(Path(sys.argv[1]), []), "killed", work)
"""


def train(project: Project, client: "MlflowClient", ends_with: type[BaseException] | None = None) -> RunManifest:
    def work(run: Run) -> None:
        with training_run(client, run, {"epochs": 2}, {"train_loss": 0.5}):
            if ends_with:
                raise ends_with

    return project.run("finetune", work)


def statuses(client: "MlflowClient") -> list[str]:
    return [found.info.status for found in client.search_runs([e.experiment_id for e in client.search_experiments()])]


def test_a_run_holds_what_was_set_and_measured_and_is_finished(project: Project, client: "MlflowClient") -> None:
    assert train(project, client).status == "done"
    (found,) = client.search_runs([e.experiment_id for e in client.search_experiments()])
    assert (found.info.status, found.data.params, found.data.metrics) == ("FINISHED", {"epochs": "2"}, {"train_loss": 0.5})


def test_a_run_that_breaks_ends_as_failed_and_an_interrupted_one_as_killed(project: Project, client: "MlflowClient") -> None:
    assert train(project, client, ValueError).status == "failed"
    assert statuses(client) == ["FAILED"]
    with pytest.raises(KeyboardInterrupt):
        train(project, client, KeyboardInterrupt)
    assert sorted(statuses(client)) == ["FAILED", "KILLED"]


def test_what_a_killed_process_left_open_is_ended_and_what_still_runs_is_not(project: Project, client: "MlflowClient") -> None:
    environment = {**os.environ, "PYTHONPATH": "jobs"}
    command = [sys.executable, "-c", KILLED_WHILE_REGISTERING, str(project.config)]
    assert subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, check=False).returncode == -9
    assert statuses(client) == ["RUNNING"]

    def work(run: Run) -> None:
        with training_run(client, run, {}, {}):
            end_abandoned(client, run)
            assert sorted(statuses(client)) == ["KILLED", "RUNNING"]

    assert project.run("finetune", work).status == "done"
