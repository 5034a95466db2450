"""Runs of promote and rollback, what they left, and how to kill them."""

import pytest
from mlflow import MlflowClient

from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import AUDIT
from ragline.lake.lake import Lake
from ragline.promote.job import promote, reject
from ragline.promote.rollback import rollback
from ragline.registry import releases as registry
from tests.project import Project

_WRITES = (
    *((MlflowClient, name) for name in ("set_registered_model_tag", "delete_registered_model_tag")),
    *((MlflowClient, name) for name in ("set_registered_model_alias", "delete_registered_model_alias")),
    *((MlflowClient, name) for name in ("set_model_version_tag", "delete_model_version_tag")),
    (Lake, "append"),
)


def promoted(project: Project, release: str | None = None, by: str | None = None, *overrides: str) -> RunManifest:
    return project.run("promote", lambda run: promote(run, release=release, approved_by=by), *overrides)


def rejected(project: Project, release: str | None, by: str, reason: str = "") -> RunManifest:
    return project.run("promote", lambda run: reject(run, release=release, rejected_by=by, reason=reason))


def rolled_back(project: Project, reason: str = "wrong prices", to: str | None = None) -> RunManifest:
    return project.run("rollback", lambda run: rollback(run, reason=reason, to=to))


def aliases(client: MlflowClient, settings: Settings) -> dict[str, int]:
    return {alias: release.version for release in registry.releases(client, settings) for alias in release.aliases}


def history(project: Project) -> list[tuple[str, str]]:
    rows = project.lake.read(AUDIT).sort_by("seq").to_pylist()
    return [(row["action"], row["subject"]) for row in rows]


def kill_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop as a kill would, before the ``step``-th write to the registry or the audit table."""
    writes = {"left": step}

    def guarded(real: object) -> object:
        def write(*args: object, **kwargs: object) -> object:
            if writes["left"] == 0:
                raise KeyboardInterrupt
            writes["left"] -= 1
            return real(*args, **kwargs)  # type: ignore[operator]

        return write

    for owner, name in _WRITES:
        monkeypatch.setattr(owner, name, guarded(getattr(owner, name)))
