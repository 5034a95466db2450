"""The extra data of an Airflow asset event: which dataset, at which exact version, the DAG that it starts has to work on."""

from typing import Any

from ragline.contracts.run_manifest import RunManifest

# Asset -> the dataset whose version its events carry.
DATASET_OF_ASSET = {
    "documents": "documents",
    "chunks": "chunks",
    "embedder": "embedder",
    "release": "release",
    "verdict": "release",
    "pairs": "training_pairs",
}


def event_extra(asset: str, manifest: RunManifest, manifest_uri: str) -> dict[str, Any]:
    """The ``extra`` of an asset event: dataset and version, and the run that says more.

    The version is that of the dataset the job wrote, else of the one it read (a gate reads the table that it publishes).
    The version of a verdict is the release that the job's facts name.
    """
    dataset = DATASET_OF_ASSET[asset]
    uses = [use.version for use in (*manifest.outputs, *manifest.inputs) if use.name == dataset and use.version is not None]
    version = uses[0] if uses else None
    extra: dict[str, Any] = {"dataset": dataset, "version": version, "run_manifest": manifest_uri}
    if asset == "verdict":
        extra["version"] = manifest.facts.get("release", version)
        extra["verdict"] = manifest.facts.get("verdict")
    return extra
