"""The MLflow run of a training: it logs settings and figures, and ends however the training ends."""

import logging
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psutil

from ragline.registry.tracking import experiment_id
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)

_JOB, _PROCESS = "ragline.job", "ragline.process"
# Whether a process on another machine still lives cannot be seen from here; registering a model takes minutes, not a day.
_ABANDONED_AFTER = timedelta(days=1)


@contextmanager
def training_run(client: "MlflowClient", run: Run, params: Mapping[str, object], figures: Mapping[str, float]) -> Iterator[str]:
    """An MLflow run with the settings and figures of a training; gives its id.

    It ends as the block does: finished, failed or killed.
    """
    tags = {_JOB: run.job, _PROCESS: _process(os.getpid())}
    created: Any = client.create_run(experiment_id(client, run.settings), run_name=f"finetune {run.run_id}", tags=tags)
    mlflow_run = str(created.info.run_id)
    try:
        for name, value in params.items():
            client.log_param(mlflow_run, name, value)
        for name, figure in figures.items():
            client.log_metric(mlflow_run, name, figure)
        yield mlflow_run
    except BaseException as error:
        client.set_terminated(mlflow_run, "FAILED" if isinstance(error, Exception) else "KILLED")
        raise
    client.set_terminated(mlflow_run)


def end_abandoned(client: "MlflowClient", run: Run) -> None:
    """Mark the open runs of processes that no longer live as killed."""
    open_runs = f"attributes.status = 'RUNNING' and tags.`{_JOB}` = '{run.job}'"
    for found in client.search_runs([experiment_id(client, run.settings)], open_runs):
        begun = datetime.fromtimestamp(found.info.start_time / 1000, UTC)
        if _is_gone(found.data.tags.get(_PROCESS, "")) or datetime.now(UTC) - begun > _ABANDONED_AFTER:
            client.set_terminated(found.info.run_id, "KILLED")
            log.info("The MLflow run %r of a process that was killed is ended.", found.info.run_name)


def _process(pid: int) -> str:
    """Machine, process id and start time: a later process that gets the same id has another start time."""
    return f"{platform.node()}/{pid}/{psutil.Process(pid).create_time():.0f}"


def _is_gone(process: str) -> bool:
    machine, _, rest = process.partition("/")
    if machine != platform.node():
        return False
    try:
        return _process(int(rest.partition("/")[0])) != process
    except psutil.NoSuchProcess:
        return True
