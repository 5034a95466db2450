"""Releases registered without the jobs that build and judge them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient


from ragline.config.settings import Settings
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.pyfunc_model import BUNDLE
from ragline.registry.registration import register_release
from tests.retrieval.examples import write_small_bundle


def register(client: "MlflowClient", settings: Settings, fingerprint: str, staged: str = "") -> int:
    """Register a small bundle under a fingerprint, made in a staging folder of this name; return the number of the release."""
    folder = Path(settings.lake.uri) / "_staging" / (staged or fingerprint)
    manifest = write_small_bundle(folder / BUNDLE, fingerprint=fingerprint)
    (folder / "MLmodel").write_text("flavors: {}\n")
    return register_release(client, settings, folder, manifest).version


def judge(
    client: "MlflowClient",
    settings: Settings,
    version: int,
    verdict: str,
    *,
    against: str = "",
    reason: str = "",
    metrics: Mapping[str, float] | None = None,
) -> None:
    """Tag a release as an evaluation would."""
    tags = {
        release_tags.VERDICT: verdict,
        release_tags.VERDICT_CHAMPION: against,
        release_tags.VERDICT_REASON: reason,
        release_tags.METRICS: json.dumps(metrics or {}),
    }
    registry.set_tags(client, settings, version, tags)
