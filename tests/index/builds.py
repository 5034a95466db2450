"""Releases built of the small handbook."""

from typing import TYPE_CHECKING

from ragline.contracts.run_manifest import RunManifest
from ragline.index.job import build_release
from ragline.registry import releases as registry
from tests.project import Project
from tests.retrieval.examples import HANDBOOK

if TYPE_CHECKING:
    from mlflow import MlflowClient

WITHOUT_VPN = {doc: texts for doc, texts in HANDBOOK.items() if doc != "vpn"}


def build(project: Project, *overrides: str, chunks: int | None = None, run_id: str = "build") -> RunManifest:
    return project.run(
        "index", lambda run: build_release(run, chunks_version=chunks, embedder_version=None), *overrides, run_id=run_id
    )


def versions(client: "MlflowClient", project: Project) -> list[int]:
    return [release.version for release in registry.releases(client, project.settings())]
