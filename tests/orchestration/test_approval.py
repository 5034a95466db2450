"""What follows from an answer to the question about a promotion."""

from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.bases.operator import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from ragline_airflow.approval import AskPromotionOperator
from tests.orchestration.task_context import task_context
from tests.project import Project


@pytest.fixture
def ask(project: Project) -> AskPromotionOperator:
    with DAG("handbook.promote_release", schedule=None):
        asked = AskPromotionOperator(
            task_id="ask",
            settings=project.settings(),
            decided_by="promote",
            approved="promote_approved",
            rejected="record_rejection",
        )
        asked >> [BaseOperator(task_id="promote_approved"), BaseOperator(task_id="record_rejection")]
    return asked


def answered(ask: AskPromotionOperator, monkeypatch: pytest.MonkeyPatch, option: str, person: Any, reason: str = "") -> Any:
    """What the task returns, and which tasks it skips."""
    skipped: list[str] = []
    monkeypatch.setattr(ask, "skip", lambda ti, tasks: skipped.extend(task.task_id for task in tasks))
    event = {
        "chosen_options": [option],
        "params_input": {"reason": reason},
        "responded_at": datetime(2026, 1, 1, tzinfo=UTC),
        "responded_by_user": person,
    }
    return ask.execute_complete(task_context(), event), skipped


ADA = {"id": "7", "name": "ada"}


@pytest.mark.parametrize(
    ("option", "person", "skipped"),
    [
        ("Approve", ADA, ["record_rejection"]),
        ("Reject", ADA, ["promote_approved"]),
        ("Reject", None, ["promote_approved", "record_rejection"]),  # no answer in time, or withdrawn
        ("Approve", None, ["promote_approved", "record_rejection"]),  # promoted on the command line
    ],
)
def test_the_task_that_carries_the_answer_out_is_the_only_one_to_run(
    ask: AskPromotionOperator, monkeypatch: pytest.MonkeyPatch, option: str, person: Any, skipped: list[str]
) -> None:
    assert sorted(answered(ask, monkeypatch, option, person)[1]) == skipped


def test_the_next_task_gets_the_persons_name_and_reason(ask: AskPromotionOperator, monkeypatch: pytest.MonkeyPatch) -> None:
    returned, _ = answered(ask, monkeypatch, "Reject", {"id": "7", "name": " "}, "wrong prices")

    assert (returned["answered_by"], returned["reason"]) == ("7", "wrong prices")


def test_an_answer_of_nobody_is_no_answer(ask: AskPromotionOperator, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AirflowFailException, match="nobody can be entered"):
        answered(ask, monkeypatch, "Approve", {"id": "", "name": " "})
