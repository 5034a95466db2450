"""Connect to the MLflow tracking server and registry that a pipeline is configured with."""

from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ragline.config.settings import Settings


def connect(settings: Settings) -> MlflowClient:
    """Get a client of the configured server, and make that server the current one of MLflow's own functions."""
    uri = settings.tracking.uri
    if uri.startswith("sqlite:///"):
        Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def experiment_id(client: MlflowClient, settings: Settings) -> str:
    """Get the pipeline's experiment; it is created on first use, with its artifacts at ``tracking.artifacts``."""
    found = client.get_experiment_by_name(settings.pipeline)
    if found:
        return str(found.experiment_id)
    location = f"{settings.tracking.artifacts.rstrip('/')}/{settings.pipeline}"
    try:
        return str(client.create_experiment(settings.pipeline, artifact_location=location))
    except MlflowException:
        if found := client.get_experiment_by_name(settings.pipeline):  # another run was faster
            return str(found.experiment_id)
        raise
