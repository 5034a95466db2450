from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.settings import Settings
from ragline.registry import releases as registry
from tests.project import Project
from tests.promote.runs import aliases, history, kill_at, promoted, rolled_back
from tests.registry.registered import judge, register

if TYPE_CHECKING:
    from mlflow import MlflowClient

# How many requests a rollback makes that change something.
WRITES = 6


@pytest.fixture
def three_served(client: "MlflowClient", settings: Settings, project: Project) -> None:
    """Releases 1, 2 and 3 served one after the other; 3 serves."""
    for number, fingerprint in enumerate("abc", start=1):
        against = str(number - 1) if number > 1 else ""
        register(client, settings, fingerprint * 16)
        judge(client, settings, number, "not_worse", against=against)
        promoted(project)


def damage(client: "MlflowClient", settings: Settings, release: int) -> None:
    index = Path(registry.find_release(client, settings, release).source) / "bundle" / "index.faiss"
    index.write_bytes(index.read_bytes()[:-1])


@pytest.mark.usefixtures("three_served")
def test_each_rollback_goes_further_back_and_never_to_a_release_that_was_rolled_back(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    assert aliases(client, settings) == {"champion": 3, "previous": 2}

    manifest = rolled_back(project)
    assert manifest.message == "Release 2 serves again; release 3 was rolled back: wrong prices."
    assert aliases(client, settings) == {"champion": 2, "previous": 1}

    rolled_back(project)
    assert aliases(client, settings) == {"champion": 1}

    manifest = rolled_back(project)
    assert manifest.status == "bad_input"
    assert manifest.message == (
        "handbook.retriever has no champion before release 1 that was not rolled back: there is nothing to roll back to."
    )
    assert [action for action, _ in history(project)] == ["promote", "promote", "promote", "rollback", "rollback"]


@pytest.mark.usefixtures("three_served")
def test_what_was_rolled_back_serves_again_only_with_a_persons_approval(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    rolled_back(project)
    assert promoted(project, "3").facts["outcome"] == "needs_approval"

    assert promoted(project, "3", "ada").facts["outcome"] == "promoted"

    assert aliases(client, settings) == {"champion": 3, "previous": 2}
    assert "ragline.rolled_back" not in registry.find_release(client, settings, 3).tags


@pytest.mark.usefixtures("three_served")
@pytest.mark.parametrize("damaged", ["truncated", "lost"])
def test_nothing_is_rolled_back_to_a_damaged_release(
    client: "MlflowClient", settings: Settings, project: Project, damaged: str
) -> None:
    if damaged == "truncated":
        damage(client, settings, 2)
    else:
        source = Path(registry.find_release(client, settings, 2).source)
        source.rename(source.with_name("elsewhere"))

    manifest = rolled_back(project)

    assert manifest.status == "failed"
    assert manifest.message.startswith("Nothing was rolled back: the release to go back to, 2, cannot serve.")
    assert "'ragline releases rebuild 2'" in manifest.message
    assert aliases(client, settings) == {"champion": 3, "previous": 2}
    assert [action for action, _ in history(project)] == ["promote", "promote", "promote"]

    rolled_back(project, to="1")
    assert aliases(client, settings) == {"champion": 1}


@pytest.mark.usefixtures("three_served")
def test_a_rollback_goes_only_to_an_earlier_champion(client: "MlflowClient", settings: Settings, project: Project) -> None:
    register(client, settings, "d" * 16)

    manifest = rolled_back(project, to="4")

    assert manifest.status == "bad_input"
    assert "Release 4 of handbook is no earlier champion that a rollback can go to; there are: 2, 1." in manifest.message
    assert aliases(client, settings)["champion"] == 3


@pytest.mark.usefixtures("three_served")
def test_a_rollback_killed_at_any_step_is_completed_by_the_next(
    client: "MlflowClient", settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(WRITES):
        before = len(history(project))
        with monkeypatch.context() as patched:
            kill_at(step, patched)
            with pytest.raises(KeyboardInterrupt):
                rolled_back(project)

        assert rolled_back(project).message == "Release 2 serves again; release 3 was rolled back: wrong prices.", step

        assert aliases(client, settings) == {"champion": 2, "previous": 1}, step
        assert history(project)[before:] == [("rollback", "handbook.retriever/2")], step
        promoted(project, "3", "ada")


def test_without_an_earlier_champion_there_is_nothing_to_roll_back_to(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    assert "has no release yet" in rolled_back(project).message or "no champion" in rolled_back(project).message

    judge(client, settings, register(client, settings, "a" * 16), "first")
    promoted(project)
    manifest = rolled_back(project)
    assert manifest.status == "bad_input"
    assert "has no champion before release 1" in manifest.message
