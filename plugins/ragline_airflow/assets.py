"""The assets that carry a pipeline from one DAG to the next."""

from airflow.sdk import Asset

from ragline.contracts.names import asset_uri


def asset(pipeline: str, kind: str) -> Asset:
    """``documents``, ``chunks``, ``embedder``, ``release``, ``verdict`` or ``pairs`` of a pipeline."""
    return Asset(name=f"{pipeline}.{kind}", uri=asset_uri(pipeline, kind), group="ragline")
