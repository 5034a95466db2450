"""The configuration of MLflow."""

from ragline.config.section import Section


class TrackingSettings(Section):
    """MLflow: tracking and registry database, and where new artifacts go."""

    uri: str = "sqlite:///.ragline/mlflow.db"
    artifacts: str = ".ragline/mlartifacts"
