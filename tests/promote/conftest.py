from typing import TYPE_CHECKING

import pytest

from ragline.config.settings import Settings
from ragline.registry import releases as registry
from tests.project import Project
from tests.promote.runs import promoted
from tests.registry.registered import judge, register

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture
def settings(project: Project) -> Settings:
    return project.settings()


@pytest.fixture
def served(client: "MlflowClient", settings: Settings, project: Project) -> None:
    """Release 1 serves; release 2 is a challenger that is not worse."""
    judge(client, settings, register(client, settings, "a" * 16), "first", reason="it is the first release")
    promoted(project)
    register(client, settings, "b" * 16)
    judge(client, settings, 2, "not_worse", against="1", reason="nDCG@10 0.91 against 0.90", metrics={"nDCG@10": 0.91})
    registry.set_alias(client, settings, "challenger", 2)
