"""The configuration of MLflow."""

from ragline.config.addresses import Address
from ragline.config.section import Section


class TrackingSettings(Section):
    """MLflow: tracking and registry database, and where new artifacts go.

    ``uri`` may hold the password of a database, since MLflow takes it from nowhere else; give it through the environment
    (``RAGLINE__TRACKING__URI``). It is shown, stored and sent without it.
    """

    uri: str = "sqlite:///.ragline/mlflow.db"
    artifacts: Address = ".ragline/mlartifacts"
