"""The only Airflow plugin: a link to MLflow in Airflow's menu, where its address is known."""

import os
from typing import Any

from airflow.plugins_manager import AirflowPlugin

MLFLOW_ADDRESS = "RAGLINE_MLFLOW_ADDRESS"


def _external_views() -> list[dict[str, Any]]:
    address = os.environ.get(MLFLOW_ADDRESS)
    if not address:
        return []
    return [{"name": "MLflow", "href": address, "destination": "nav", "category": "browse", "url_route": "mlflow"}]


class RaglinePlugin(AirflowPlugin):
    """What Ragline adds to Airflow's pages."""

    name = "ragline"
    external_views = _external_views()
