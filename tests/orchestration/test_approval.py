"""What follows from an answer to the question about a promotion."""

from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.bases.operator import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped

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


def answered(ask: AskPromotionOperator, option: str, person: Any, reason: str = "") -> tuple[Any, list[str]]:
    """What the tasks downstream find as the task's answer, and which of them it skips: by an exception, as Airflow does it."""
    event = {
        "chosen_options": [option],
        "params_input": {"reason": reason},
        "responded_at": datetime(2026, 1, 1, tzinfo=UTC),
        "responded_by_user": person,
    }
    context = task_context()
    with pytest.raises(DownstreamTasksSkipped) as skipped:
        ask.execute_complete(context, event)
    return context["ti"].pushed["return_value"], sorted(skipped.value.tasks)


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
    ask: AskPromotionOperator, option: str, person: Any, skipped: list[str]
) -> None:
    assert answered(ask, option, person)[1] == skipped


def test_the_next_task_gets_the_persons_name_and_reason(ask: AskPromotionOperator) -> None:
    returned, _ = answered(ask, "Reject", {"id": "7", "name": " "}, "wrong prices")

    assert (returned["answered_by"], returned["reason"]) == ("7", "wrong prices")


def test_an_answer_of_nobody_is_no_answer(ask: AskPromotionOperator) -> None:
    with pytest.raises(AirflowFailException, match="nobody can be entered"):
        answered(ask, "Approve", {"id": "", "name": " "})
