"""Fixtures of the commands' tests."""

from typing import TYPE_CHECKING

import pytest

from ragline.registry import releases as registry
from tests.project import Project
from tests.registry.registered import judge, register
from tests.retrieval.examples import HANDBOOK, write_passages

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture
def serving(project: Project, client: "MlflowClient") -> Project:
    """A project with documents, a champion and a challenger that was refused."""
    settings = project.settings()
    write_passages(project.lake, HANDBOOK)
    judge(client, settings, register(client, settings, "a" * 16), "first", metrics={"nDCG@10": 0.9123})
    register(client, settings, "b" * 16)
    judge(client, settings, 2, "worse", against="1", reason="nDCG@10 fell")
    registry.set_alias(client, settings, "champion", 1)
    registry.set_alias(client, settings, "challenger", 2)
    project.run("ingest", lambda run: run.count("documents", 3), run_id="monday")
    return project
