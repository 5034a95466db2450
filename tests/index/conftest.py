"""Fixtures of the tests of releases that are built."""

from typing import TYPE_CHECKING

import pytest

from tests.project import Project
from tests.retrieval.examples import HANDBOOK, write_passages, write_vectors

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.retrieval.encoder import Encoder


@pytest.fixture
def filled(project: Project, minilm: "Encoder", client: "MlflowClient") -> Project:
    """A project whose lake holds the handbook, published and embedded."""
    write_passages(project.lake, HANDBOOK)
    write_vectors(project.lake, minilm)
    return project
