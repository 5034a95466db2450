"""The MLflow run of a training: open while a model is registered, and never left open."""

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
# Registering a model takes minutes; of a process on another machine nobody here can say more.
_LONGEST = timedelta(days=1)


@contextmanager
def tracked_run(client: "MlflowClient", run: Run, params: Mapping[str, object], figures: Mapping[str, float]) -> Iterator[str]:
    """An MLflow run with what was set and measured; its id. It ends as the block does: finished, failed or killed."""
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
    """End as killed whatever a process that is gone left open."""
    still_open = f"attributes.status = 'RUNNING' and tags.`{_JOB}` = '{run.job}'"
    for found in client.search_runs([experiment_id(client, run.settings)], still_open):
        begun = datetime.fromtimestamp(found.info.start_time / 1000, UTC)
        if _is_gone(found.data.tags.get(_PROCESS, "")) or datetime.now(UTC) - begun > _LONGEST:
            client.set_terminated(found.info.run_id, "KILLED")
            log.info("The MLflow run %r of a process that was killed is ended.", found.info.run_name)


def _process(pid: int) -> str:
    """The process with this id, told from a later one that gets the same."""
    return f"{platform.node()}/{pid}/{psutil.Process(pid).create_time():.0f}"


def _is_gone(process: str) -> bool:
    machine, _, rest = process.partition("/")
    if machine != platform.node():
        return False
    try:
        return _process(int(rest.partition("/")[0])) != process
    except psutil.NoSuchProcess:
        return True
