"""MLflow runs that hold artifacts: whose they are, and what becomes of those that a killed process left open."""

import os
import platform
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from mlflow import MlflowClient
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from ragline.config.settings import Settings
from ragline.registry.tracking import experiment_id

_JOB, _PROCESS = "ragline.job", "ragline.process"
# Whether a process on another machine still lives cannot be seen from here; registering a model takes minutes, not a day.
_ABANDONED_AFTER = timedelta(days=1)


def start_run(client: MlflowClient, settings: Settings, job: str, name: str, tags: Mapping[str, str] | None = None) -> str:
    """Create a run that is tagged as this process's; return its id."""
    own = {_JOB: job, _PROCESS: _process(os.getpid())}
    created: Any = client.create_run(experiment_id(client, settings), run_name=name, tags={**(tags or {}), **own})
    return str(created.info.run_id)


def abandoned_runs(client: MlflowClient, settings: Settings, job: str) -> list[Any]:
    """The open runs of a job whose processes no longer live."""
    open_runs = f"attributes.status = 'RUNNING' and tags.`{_JOB}` = '{job}'"
    return [found for found in client.search_runs([experiment_id(client, settings)], open_runs) if _is_abandoned(found)]


def discard_run(client: MlflowClient, run_id: str, artifact: str) -> None:
    """Remove an artifact folder that nothing refers to, and delete the run that stored it."""
    root = str(client.get_run(run_id).info.artifact_uri).rstrip("/")
    if (local := local_path(root)) is not None:
        shutil.rmtree(local / artifact, ignore_errors=True)
    else:
        get_artifact_repository(root).delete_artifacts(artifact)
    client.set_terminated(run_id, "KILLED")
    client.delete_run(run_id)


def local_path(uri: str) -> Path | None:
    """Get the local path of an artifact URI, or None for a remote one."""
    if uri.startswith("file://"):
        return Path(uri.removeprefix("file://"))
    return None if "://" in uri or uri.startswith("mlflow-artifacts:") else Path(uri)


def _is_abandoned(found: Any) -> bool:
    begun = datetime.fromtimestamp(found.info.start_time / 1000, UTC)
    return _is_gone(found.data.tags.get(_PROCESS, "")) or datetime.now(UTC) - begun > _ABANDONED_AFTER


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
