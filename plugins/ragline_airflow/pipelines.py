"""The pipelines of the project, as the DAG files see them."""

from pathlib import Path
from typing import NamedTuple

from ragline.config.loader import load_settings
from ragline.config.project import pipeline_files, project_root
from ragline.config.settings import Settings
from ragline.errors import ConfigError


class BrokenPipeline(NamedTuple):
    """A pipeline file that cannot be used, and why."""

    file: Path
    reason: str


def pipelines() -> list[Settings]:
    """The settings of every pipeline that can be read; a broken one does not take the others' DAGs down."""
    return [found for found in _load_all() if isinstance(found, Settings)]


def broken_pipelines() -> list[BrokenPipeline]:
    """The pipeline files that cannot be used. ``dags/broken_pipelines.py`` makes them visible in Airflow."""
    return [found for found in _load_all() if isinstance(found, BrokenPipeline)]


def _load_all() -> list[Settings | BrokenPipeline]:
    files = pipeline_files(project_root(Path(__file__).parent))
    return [_load(file) for file in files]


def _load(file: Path) -> Settings | BrokenPipeline:
    try:
        settings = load_settings(file)
    except ConfigError as error:
        return BrokenPipeline(file, str(error))
    if settings.pipeline != file.stem:
        return BrokenPipeline(file, f"{file}: 'pipeline' is {settings.pipeline!r}; name it as the file, {file.stem!r}.")
    return settings
