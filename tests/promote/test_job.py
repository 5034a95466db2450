import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import AUDIT
from ragline.lake.audit import audit
from ragline.promote.job import promote, rollback
from ragline.registry import releases as registry
from tests.project import Project
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


def promoted(project: Project, release: str | None = None, by: str | None = None, *overrides: str) -> RunManifest:
    return project.run("promote", lambda run: promote(run, release=release, approved_by=by), *overrides)


def rolled_back(project: Project, reason: str = "wrong prices") -> RunManifest:
    return project.run("rollback", lambda run: rollback(run, reason=reason))


def aliases(client: "MlflowClient", settings: Settings) -> dict[str, int]:
    return {alias: release.version for release in registry.releases(client, settings) for alias in release.aliases}


def history(project: Project) -> list[tuple[str, str]]:
    rows = project.lake.read(AUDIT).sort_by("seq").to_pylist()
    return [(row["action"], row["subject"]) for row in rows]


def test_the_first_release_is_promoted(client: "MlflowClient", settings: Settings, project: Project) -> None:
    register(client, settings, "a" * 16)
    judge(client, settings, 1, "first", reason="it is the first release")

    manifest = promoted(project)

    assert (manifest.status, manifest.facts["outcome"]) == ("done", "promoted")
    assert manifest.message == "Release 1 of handbook serves now: it is the first release."
    assert aliases(client, settings) == {"champion": 1}
    assert history(project) == [("promote", "handbook.retriever/1")]


@pytest.mark.usefixtures("served")
def test_a_promotion_moves_the_old_champion_to_previous_and_keeps_the_evidence(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    manifest = promoted(project, None, "ada")

    assert manifest.facts["outcome"] == "promoted"
    assert aliases(client, settings) == {"champion": 2, "previous": 1}
    row = project.lake.read(AUDIT).sort_by("seq").to_pylist()[-1]
    assert (row["actor"], row["reason"], row["run_id"]) == ("ada", "nDCG@10 0.91 against 0.90", "test")
    assert json.loads(row["evidence"])["metrics"] == {"nDCG@10": 0.91}
    assert ("release", 2) in [(use.name, use.version) for use in manifest.outputs]


@pytest.mark.usefixtures("served")
def test_a_champion_is_not_promoted_twice(project: Project) -> None:
    manifest = promoted(project, "champion")

    assert (manifest.status, manifest.message) == ("nothing_to_do", "release 1 serves already.")
    assert len(history(project)) == 1


@pytest.mark.usefixtures("served")
def test_a_refused_release_changes_nothing_and_is_no_error(client: "MlflowClient", settings: Settings, project: Project) -> None:
    judge(client, settings, 2, "worse", against="1", reason="nDCG@10 fell from 0.90 to 0.70")

    manifest = promoted(project)

    assert (manifest.status, manifest.facts["outcome"]) == ("done", "refused")
    assert manifest.message == "Release 2 of handbook was not promoted: nDCG@10 fell from 0.90 to 0.70."
    assert aliases(client, settings) == {"champion": 1, "challenger": 2}
    assert len(history(project)) == 1


@pytest.mark.usefixtures("served")
def test_a_question_is_asked_once_and_an_answer_promotes(client: "MlflowClient", settings: Settings, project: Project) -> None:
    asked = promoted(project, None, None, "promotion.mode=manual")
    assert asked.facts["outcome"] == "needs_approval"
    assert aliases(client, settings)["champion"] == 1

    answered = promoted(project, None, "ada", "promotion.mode=manual")
    assert answered.message == "Release 2 of handbook serves now, approved by ada: nDCG@10 0.91 against 0.90."
    assert aliases(client, settings)["champion"] == 2


@pytest.mark.usefixtures("served")
def test_a_verdict_against_another_champion_or_none_at_all_is_stale(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    register(client, settings, "c" * 16)
    assert promoted(project, "3").message == "Release 3 has no verdict yet."

    judge(client, settings, 3, "not_worse", against="2")
    manifest = promoted(project, "3")
    assert manifest.status == "failed"
    assert manifest.message == "Release 3 was compared with release 2, but now there is release 1."


@pytest.mark.usefixtures("served")
def test_a_damaged_bundle_is_not_promoted(client: "MlflowClient", settings: Settings, project: Project) -> None:
    index = Path(registry.find_release(client, settings, 2).source) / "bundle" / "index.faiss"
    index.write_bytes(index.read_bytes()[:-1])

    manifest = promoted(project)

    assert manifest.status == "failed"
    assert "damaged: 1 of" in manifest.message
    assert aliases(client, settings)["champion"] == 1


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("step", range(4))
def test_a_promotion_killed_at_any_step_leaves_a_champion_and_is_completed_by_the_next(
    client: "MlflowClient", settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    with monkeypatch.context() as patched:
        kill_at(step, patched)
        with pytest.raises(KeyboardInterrupt):
            promoted(project, "2")
    assert aliases(client, settings)["champion"] in (1, 2)

    promoted(project, "2")

    assert aliases(client, settings) == {"champion": 2, "previous": 1}
    assert history(project) == [("promote", "handbook.retriever/1"), ("promote", "handbook.retriever/2")]


@pytest.mark.usefixtures("served")
def test_a_rollback_puts_the_previous_champion_back_and_a_second_one_undoes_it(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    promoted(project, "2")

    manifest = rolled_back(project)
    assert manifest.message == "Release 1 serves again; release 2 was rolled back: wrong prices."
    assert aliases(client, settings) == {"champion": 1, "previous": 2}
    assert promoted(project, "2").facts["outcome"] == "needs_approval"

    rolled_back(project, "it was the cache")
    assert aliases(client, settings) == {"champion": 2, "previous": 1}
    assert "ragline.rolled_back" not in registry.find_release(client, settings, 2).tags
    assert [action for action, _ in history(project)] == ["promote", "promote", "rollback", "rollback"]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("step", range(3))
def test_a_rollback_killed_at_any_step_is_completed_by_the_next(
    client: "MlflowClient", settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    promoted(project, "2")
    with monkeypatch.context() as patched:
        kill_at(step, patched)
        with pytest.raises(KeyboardInterrupt):
            rolled_back(project)

    rolled_back(project)

    assert aliases(client, settings) == {"champion": 1, "previous": 2}
    assert history(project)[-1] == ("rollback", "handbook.retriever/1")


def test_without_a_previous_champion_there_is_nothing_to_roll_back_to(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    assert rolled_back(project).message == "handbook.retriever has no champion: there is nothing to roll back."

    judge(client, settings, register(client, settings, "a" * 16), "first")
    promoted(project)
    manifest = rolled_back(project)
    assert manifest.status == "bad_input"
    assert manifest.message == "handbook.retriever has no champion before release 1: there is nothing to roll back to."


def kill_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop as a kill would, before the ``step``-th write that promote or rollback makes."""
    writes = {"left": step}

    def guarded(real: object) -> object:
        def write(*args: object, **kwargs: object) -> object:
            if writes["left"] == 0:
                raise KeyboardInterrupt
            writes["left"] -= 1
            return real(*args, **kwargs)  # type: ignore[operator]

        return write

    monkeypatch.setattr(registry, "set_alias", guarded(registry.set_alias))
    monkeypatch.setattr(registry, "delete_alias", guarded(registry.delete_alias))
    monkeypatch.setattr("ragline.promote.job.audit", guarded(audit))
