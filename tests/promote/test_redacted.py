"""Promotion and rollback after releases were replaced by redacted builds."""

from typing import TYPE_CHECKING

import pytest

from ragline.config.settings import Settings
from ragline.index.release_retention import retain_releases
from ragline.registry import releases as registry
from tests.project import Project
from tests.promote.runs import aliases, history, kill_at, promoted, rolled_back
from tests.registry.registered import judge, register
from tests.retrieval.examples import HANDBOOK, write_passages

if TYPE_CHECKING:
    from mlflow import MlflowClient


def redact(project: Project) -> None:
    """Delete a document, and let its deadline pass."""
    write_passages(project.lake, {doc: texts for doc, texts in HANDBOOK.items() if doc != "vpn"}, name="second")
    project.run("maintain", lambda run: retain_releases(run) and None, "retention.deleted=0")


@pytest.fixture
def served(client: "MlflowClient", settings: Settings, project: Project) -> None:
    """Release 1 served before release 2, which serves; release 3 was compared with it."""
    write_passages(project.lake, HANDBOOK)
    for number, fingerprint in enumerate("abc", start=1):
        register(client, settings, fingerprint * 16)
        judge(client, settings, number, "not_worse", against=str(number - 1) if number > 1 else "")
        if number < 3:
            promoted(project)
    registry.set_alias(client, settings, "challenger", 3)


@pytest.mark.usefixtures("served")
def test_a_verdict_against_the_champion_counts_against_its_redacted_build(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    redact(project)
    assert aliases(client, settings) == {"previous": 4, "champion": 5, "challenger": 6}

    manifest = promoted(project)

    assert (manifest.status, manifest.facts["outcome"], manifest.facts["release"]) == ("done", "promoted", 6)
    assert aliases(client, settings) == {"previous": 5, "champion": 6}
    assert [entry for entry in history(project) if entry[0] != "redact"][-1] == ("promote", "handbook.retriever/6")


@pytest.mark.usefixtures("served")
def test_a_rollback_goes_to_the_redacted_build_of_the_earlier_champion(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    redact(project)

    assert "Release 1 of handbook.retriever expired" in rolled_back(project, to="1").message
    assert rolled_back(project).message == "Release 4 serves again; release 5 was rolled back: wrong prices."

    # Nobody has moved the alias by other means, so nothing was entered as found.
    assert ("promote", "handbook.retriever/5") not in history(project)
    assert "nothing to roll back to" in rolled_back(project).message


@pytest.mark.usefixtures("served")
def test_an_earlier_champion_that_has_expired_is_passed_over(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    promoted(project)  # release 3: the alias previous leaves release 1
    redact(project)
    assert aliases(client, settings) == {"previous": 4, "champion": 5}
    assert rolled_back(project).facts["release"] == 4
    assert "nothing to roll back to" in rolled_back(project).message


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("step", [2, 4])
def test_a_promotion_that_was_killed_is_completed_under_the_new_numbers(
    client: "MlflowClient", settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    with monkeypatch.context() as patched:
        kill_at(step, patched)  # before and after the alias champion moves
        with pytest.raises(KeyboardInterrupt):
            promoted(project, "3")
    redact(project)
    number = registry.find_release(client, settings, None).version

    promoted(project, str(number))

    now = aliases(client, settings)
    assert now["champion"] == number
    assert registry.find_release(client, settings, now["previous"]).tags["ragline.redacted_from"] == "2"
    assert [subject for action, subject in history(project) if action == "promote"][-1] == f"handbook.retriever/{number}"
