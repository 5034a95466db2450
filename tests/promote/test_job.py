import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.config.settings import Settings
from ragline.contracts.tables import AUDIT
from ragline.registry import releases as registry
from tests.project import Project
from tests.promote.runs import aliases, history, kill_at, promoted, rejected
from tests.registry.registered import judge, register

if TYPE_CHECKING:
    from mlflow import MlflowClient

# How many requests a promotion makes that change something.
WRITES = 6


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
def test_a_promotion_killed_at_any_step_leaves_a_champion_and_is_completed_by_the_next(
    client: "MlflowClient", settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(WRITES):
        registry.set_alias(client, settings, "challenger", 2)
        with monkeypatch.context() as patched:
            kill_at(step, patched)
            with pytest.raises(KeyboardInterrupt):
                promoted(project, "2", "ada")
        assert aliases(client, settings)["champion"] in (1, 2), step

        promoted(project, "2", "ada")

        assert aliases(client, settings) == {"champion": 2, "previous": 1}, step
        assert history(project) == [("promote", "handbook.retriever/1"), ("promote", "handbook.retriever/2")] * (step + 1), step
        assert project.lake.read(AUDIT).sort_by("seq")["actor"].to_pylist()[-1] == "ada"
        judge(client, settings, 1, "not_worse", against="2")
        promoted(project, "1")


@pytest.mark.usefixtures("served")
def test_what_a_killed_promotion_had_begun_is_taken_back_by_whoever_comes_next(
    client: "MlflowClient", settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        kill_at(2, patched)  # ``previous`` stands on the champion by now
        with pytest.raises(KeyboardInterrupt):
            promoted(project, "2")
    assert aliases(client, settings) == {"champion": 1, "previous": 1, "challenger": 2}

    rejected(project, "2", "ada")

    assert aliases(client, settings) == {"champion": 1, "challenger": 2}


@pytest.mark.usefixtures("served")
def test_a_champion_that_was_set_by_hand_enters_the_history(client: "MlflowClient", settings: Settings, project: Project) -> None:
    registry.set_alias(client, settings, "champion", 2)

    assert promoted(project, "2").status == "nothing_to_do"

    row = project.lake.read(AUDIT).sort_by("seq").to_pylist()[-1]
    assert (row["action"], row["subject"], row["actor"]) == ("promote", "handbook.retriever/2", "unknown")
    assert "moved by other means" in row["reason"]


@pytest.mark.usefixtures("served")
def test_nobody_can_neither_approve_nor_reject(client: "MlflowClient", settings: Settings, project: Project) -> None:
    for manifest in (promoted(project, None, " ", "promotion.mode=manual"), rejected(project, None, "")):
        assert manifest.status == "bad_input"
        assert " needs the name of a person; it got '" in manifest.message
    assert aliases(client, settings) == {"champion": 1, "challenger": 2}
    assert len(history(project)) == 1


@pytest.mark.usefixtures("served")
def test_a_rejection_is_audited_and_holds_until_a_person_approves(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    manifest = rejected(project, None, " ada  byron ", "wrong prices")

    assert (manifest.status, manifest.facts["outcome"]) == ("done", "rejected")
    assert manifest.message == "Release 2 of handbook was rejected by ada byron: wrong prices."
    row = project.lake.read(AUDIT).sort_by("seq").to_pylist()[-1]
    assert (row["action"], row["subject"], row["actor"], row["reason"]) == (
        *("reject", "handbook.retriever/2"),
        *("ada byron", "wrong prices"),
    )
    refused = promoted(project)
    assert (refused.facts["outcome"], refused.facts["why"]) == ("refused", "it was rejected by ada byron: wrong prices")
    assert promoted(project, None, "ben").facts["outcome"] == "promoted"
    assert "ragline.rejected" not in registry.find_release(client, settings, 2).tags


@pytest.mark.usefixtures("served")
def test_the_same_rejection_stands_once(project: Project) -> None:
    rejected(project, None, "ada", "wrong prices")

    assert rejected(project, None, "ada", "wrong prices").status == "nothing_to_do"
    assert [action for action, _ in history(project)] == ["promote", "reject"]


@pytest.mark.usefixtures("served")
def test_what_serves_cannot_be_rejected(client: "MlflowClient", settings: Settings, project: Project) -> None:
    promoted(project, None, "ben")

    manifest = rejected(project, "2", "ada", "wrong prices")

    assert manifest.status == "bad_input"
    assert manifest.message == (
        "Release 2 serves already (promoted by ben): rejecting it changes nothing. "
        "'ragline rollback' puts the champion before it back."
    )
    assert aliases(client, settings)["champion"] == 2
