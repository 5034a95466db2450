"""MLflow, pointed at the pipeline's tracking store. Imports MLflow (5 s) only when asked."""

from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.settings import Settings
from ragline.runtime.quiet import quiet_libraries

if TYPE_CHECKING:
    from mlflow import MlflowClient


def connect(settings: Settings) -> "MlflowClient":
    """A client of the configured tracking server and registry, which is also made MLflow's current one."""
    quiet_libraries()
    uri = settings.tracking.uri
    if uri.startswith("sqlite:///"):
        Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    import mlflow

    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


def experiment_id(client: "MlflowClient", settings: Settings) -> str:
    """The pipeline's experiment, made on first use with its artifacts at ``tracking.artifacts``."""
    found = client.get_experiment_by_name(settings.pipeline)
    if found:
        return str(found.experiment_id)
    location = f"{settings.tracking.artifacts.rstrip('/')}/{settings.pipeline}"
    return str(client.create_experiment(settings.pipeline, artifact_location=location))
