"""Two processes change the champion at the same moment."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ragline.promote.job
import ragline.promote.rollback
from ragline.config.loader import load_settings
from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.promote.job import promote
from ragline.promote.rollback import rollback
from ragline.runtime.run import execute
from tests.project import Project
from tests.promote.runs import aliases, history, promoted
from tests.registry.registered import judge, register
from tests.together import meet, together

if TYPE_CHECKING:
    from mlflow import MlflowClient


def promote_at_once(config: Path, release: str) -> RunManifest:
    """Promote a release; wait for the other process when the bundle is verified, and the champion was looked at."""
    verify = ragline.promote.job.verify_bundle
    ragline.promote.job.verify_bundle = lambda folder: (verify(folder), meet())[0]
    work = partial(promote, release=release, approved_by=None)
    return execute("promote", load_settings(config), f"promote-{release}", work)


def roll_back_at_once(config: Path, name: str) -> RunManifest:
    verify = ragline.promote.rollback.verify_bundle
    ragline.promote.rollback.verify_bundle = lambda folder: (verify(folder), meet())[0]
    return execute("rollback", load_settings(config), name, partial(rollback, reason="wrong prices"))


@pytest.fixture
def candidates(client: "MlflowClient", settings: Settings, project: Project, served: None) -> None:
    """Releases 2 and 3 both are not worse than release 1, which serves."""
    register(client, settings, "c" * 16)
    judge(client, settings, 3, "not_worse", against="1")


@pytest.mark.usefixtures("candidates")
def test_of_two_promotions_one_wins_and_the_other_is_compared_with_it_first(
    client: "MlflowClient", settings: Settings, project: Project
) -> None:
    ended = together(partial(promote_at_once, project.config, "2"), partial(promote_at_once, project.config, "3"))

    by_status = {manifest.status: manifest for manifest in ended if isinstance(manifest, RunManifest)}
    assert set(by_status) == {"done", "failed"}
    winner, loser = by_status["done"].facts["release"], by_status["failed"].facts["release"]
    assert by_status["failed"].message == (f"Release {loser} was compared with release 1, but now there is release {winner}.")
    assert {name: aliases(client, settings)[name] for name in ("champion", "previous")} == {"champion": winner, "previous": 1}
    assert history(project)[1:] == [("promote", f"handbook.retriever/{winner}")]


@pytest.mark.usefixtures("candidates")
def test_two_rollbacks_of_one_release_roll_it_back_once(client: "MlflowClient", settings: Settings, project: Project) -> None:
    promoted(project, "2")
    judge(client, settings, 3, "not_worse", against="2")
    promoted(project, "3")

    ended = together(partial(roll_back_at_once, project.config, "ada"), partial(roll_back_at_once, project.config, "ben"))

    assert sorted(manifest.status for manifest in ended if isinstance(manifest, RunManifest)) == ["done", "nothing_to_do"]
    assert aliases(client, settings) == {"champion": 2, "previous": 1}
    assert [action for action, _ in history(project)] == ["promote", "promote", "promote", "rollback"]


@pytest.mark.usefixtures("candidates")
def test_a_promotion_and_a_rollback_do_not_mix(client: "MlflowClient", settings: Settings, project: Project) -> None:
    promoted(project, "2")
    judge(client, settings, 3, "not_worse", against="2")

    ended = together(partial(promote_at_once, project.config, "3"), partial(roll_back_at_once, project.config, "ben"))

    statuses = [manifest.status for manifest in ended if isinstance(manifest, RunManifest)]
    expected = {
        ("done", "nothing_to_do"): ({"champion": 3, "previous": 2}, ["promote", "promote", "promote"]),
        ("failed", "done"): ({"champion": 1}, ["promote", "promote", "rollback"]),
    }
    found = {name: number for name, number in aliases(client, settings).items() if name != "challenger"}
    assert (found, [action for action, _ in history(project)]) == expected[tuple(statuses)]
