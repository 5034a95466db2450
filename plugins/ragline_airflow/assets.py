"""The assets that carry a pipeline from one DAG to the next."""

from airflow.sdk import Asset

from ragline.contracts.names import asset_uri

# What an asset's state store remembers: the run manifest's URI of the newest event. A trigger can read it; events it cannot.
NEWEST_RUN = "run_manifest"


def asset(pipeline: str, kind: str) -> Asset:
    """``documents``, ``chunks``, ``embedder``, ``release``, ``verdict`` or ``pairs`` of a pipeline."""
    return Asset(name=f"{pipeline}.{kind}", uri=asset_uri(pipeline, kind), group="ragline")
