from pathlib import Path

import pytest

from ragline.config.project import choose_pipeline, project_root, resolve
from ragline.errors import ConfigError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one pipeline; the working directory is a folder inside it."""
    pipelines = tmp_path / "conf" / "pipelines"
    pipelines.mkdir(parents=True)
    (tmp_path / "conf" / "default.yaml").touch()
    (pipelines / "handbook.yaml").touch()
    monkeypatch.chdir(pipelines)
    return tmp_path


def test_the_project_is_the_closest_folder_with_default_settings(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert project_root() == root
    monkeypatch.setenv("RAGLINE_HOME", "/elsewhere")
    assert project_root() == Path("/elsewhere")


def test_the_only_pipeline_is_chosen_and_one_of_two_has_to_be_named(root: Path) -> None:
    handbook = root / "conf" / "pipelines" / "handbook.yaml"
    assert choose_pipeline(None) == handbook
    handbook.with_name("tickets.yaml").touch()
    with pytest.raises(ConfigError, match=r"2 pipelines \(handbook, tickets\)"):
        choose_pipeline(None)
    assert choose_pipeline(Path("handbook")) == handbook


def test_a_file_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(ConfigError, match="no configuration file 'handbok'"):
        choose_pipeline(Path("handbok"))


@pytest.mark.parametrize(
    ("uri", "resolved"),
    [
        ("lake", "/project/lake"),
        ("/data/lake", "/data/lake"),
        ("file:///data/lake", "/data/lake"),
        ("sqlite:///mlflow.db", "sqlite:////project/mlflow.db"),
        ("s3://bucket/lake", "s3://bucket/lake"),
    ],
)
def test_relative_paths_start_at_the_project(uri: str, resolved: str) -> None:
    assert resolve(Path("/project"), uri) == resolved
