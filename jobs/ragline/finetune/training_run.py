"""The MLflow run of a training: it logs settings and figures, and ends however the training ends."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragline.registry.artifact_runs import abandoned_runs, start_run
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)


@contextmanager
def training_run(client: "MlflowClient", run: Run, params: Mapping[str, object], figures: Mapping[str, float]) -> Iterator[str]:
    """An MLflow run with the settings and figures of a training; gives its id.

    It ends as the block does: finished, failed or killed.
    """
    mlflow_run = start_run(client, run.settings, run.job, f"finetune {run.run_id}")
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
    for found in abandoned_runs(client, run.settings, run.job):
        client.set_terminated(found.info.run_id, "KILLED")
        log.info("The MLflow run %r of a process that was killed is ended.", found.info.run_name)
