"""The tags that an evaluation leaves on its release."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.loader import load_settings
from ragline.config.settings import Settings
from ragline.evaluate.evaluation_run import tag_release
from ragline.evaluate.verdict import Verdict
from ragline.registry import releases as registry
from ragline.registry.tracking import connect
from ragline.runtime.run import Run, execute
from tests.evaluate.small_evaluation import EVALUATION
from tests.project import Project
from tests.registry.registered import register
from tests.together import together

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture
def settings(client: "MlflowClient", project: Project) -> Settings:
    """A project with two releases."""
    for fingerprint in ("a" * 16, "b" * 16):
        register(client, project.settings(), fingerprint)
    return project.settings()


def tagged(config: Path, verdict: Verdict, champion: int, rounds: int = 1) -> str:
    def work(run: Run) -> None:
        client = connect(run.settings)
        for _ in range(rounds):
            evaluation = replace(EVALUATION, verdict=verdict, champion=champion, reason=f"it is {verdict}")
            tag_release(run, client, evaluation, f"run of {verdict}")

    return execute("evaluate", load_settings(config), verdict, work).status


def verdict_of(client: "MlflowClient", settings: Settings) -> tuple[str | None, ...]:
    tags = registry.find_release(client, settings, 2).tags
    names = ("ragline.verdict", "ragline.verdict.champion", "ragline.verdict.reason", "ragline.evaluation_run")
    return tuple(tags.get(name) for name in names)


def test_two_evaluations_at_once_leave_the_tags_of_one(client: "MlflowClient", settings: Settings, project: Project) -> None:
    ended = together(
        partial(tagged, project.config, "worse", 1, rounds=3), partial(tagged, project.config, "not_worse", 7, rounds=3)
    )

    assert ended == ["done", "done"]
    assert verdict_of(client, settings) in (
        ("worse", "1", "it is worse", "run of worse"),
        ("not_worse", "7", "it is not_worse", "run of not_worse"),
    )


def test_an_evaluation_that_is_killed_leaves_no_verdict(
    client: "MlflowClient", settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the old one beside new figures nor a new one beside old ones."""
    assert tagged(project.config, "not_worse", 1) == "done"
    written: list[str] = []
    real = registry.set_tags

    def killed(*args: object) -> None:
        tags = args[-1]
        assert isinstance(tags, dict)
        for name, value in tags.items():
            if len(written) == 2:
                raise KeyboardInterrupt
            written.append(name)
            real(*args[:-1], {name: value})  # type: ignore[arg-type]

    monkeypatch.setattr(registry, "set_tags", killed)
    with pytest.raises(KeyboardInterrupt):
        tagged(project.config, "worse", 1)

    assert verdict_of(client, settings)[0] is None


def test_a_release_that_serves_by_now_keeps_its_verdict(client: "MlflowClient", settings: Settings, project: Project) -> None:
    assert tagged(project.config, "not_worse", 1) == "done"
    registry.set_alias(client, settings, "champion", 2)

    assert tagged(project.config, "worse", 1) == "done"

    assert verdict_of(client, settings)[0] == "not_worse"
