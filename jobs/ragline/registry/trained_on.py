"""What an embedder was trained on: ids of training pairs and of documents, so that one can tell which models have learned from a
document that was deleted since."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mlflow import MlflowClient, artifacts

from ragline.config.settings import Settings
from ragline.registry.embedders import registered_embedders

_FILE = "trained_on.json"


@dataclass(frozen=True)
class TrainedOn:
    """An embedder, and the training pairs (``pair_id``) and documents (``doc_id``) that it was trained on; None for one of which
    that is not known, since it was trained by an older version."""

    embedder: int
    pairs: frozenset[str] | None
    documents: frozenset[str] | None


def log_trained_on(client: MlflowClient, mlflow_run: str, pairs: Iterable[str], documents: Iterable[str]) -> None:
    """Keep the ids with the run of a training."""
    content = {"pairs": sorted(set(pairs)), "documents": sorted(set(documents))}
    client.log_text(mlflow_run, json.dumps(content), _FILE)


def trained_embedders(client: MlflowClient, settings: Settings) -> list[TrainedOn]:
    """Every registered embedder that was fine-tuned, oldest first."""
    entries = registered_embedders(client, settings)
    return [_trained_on(client, entry) for entry in entries if entry.tags.get("ragline.origin") == "fine-tuned"]


def _trained_on(client: MlflowClient, entry: Any) -> TrainedOn:
    there = {artifact.path for artifact in client.list_artifacts(entry.run_id)} if entry.run_id else set()
    if _FILE not in there:
        return TrainedOn(int(entry.version), None, None)
    content = json.loads(artifacts.load_text(f"{client.get_run(entry.run_id).info.artifact_uri.rstrip('/')}/{_FILE}"))
    return TrainedOn(int(entry.version), frozenset(content["pairs"]), frozenset(content["documents"]))
