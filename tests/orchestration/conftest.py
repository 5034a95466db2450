"""Airflow for tests: a home of its own for what only imports it, and one running stack for the whole session."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragline_local.stack import Stack
from tests.orchestration.airflow_project import AirflowProject
from tests.project import Project


@pytest.fixture(scope="session", autouse=True)
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Importing Airflow writes into its home: keep that out of the user's."""
    home = tmp_path_factory.mktemp("airflow-home")
    before = os.environ.get("AIRFLOW_HOME")
    os.environ["AIRFLOW_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["AIRFLOW_HOME"]
    else:
        os.environ["AIRFLOW_HOME"] = before


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowProject]:
    """A project with a real Airflow that runs it: api-server, scheduler, dag-processor, triggerer."""
    project = Project(tmp_path_factory.mktemp("end-to-end") / "project")
    files = AirflowProject(project)
    with Stack(project.root) as stack:
        files.stack = stack
        yield files
