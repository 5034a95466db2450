"""When a question to a person is withdrawn."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from airflow.sdk import Param

from ragline.contracts.tables import AUDIT
from ragline.lake.audit import audit
from ragline.lake.lake import Lake
from ragline_airflow.assets import NEWEST_RUN
from ragline_airflow.supersedable_trigger import SupersedableHITLTrigger


def trigger(asked_on: str | None = None, lake_uri: str = "", audit_version: int | None = None) -> SupersedableHITLTrigger:
    """As the triggerer makes it, from what was serialised."""
    asked = SupersedableHITLTrigger(
        ti_id=uuid4(),
        options=["Approve", "Reject"],
        params={"reason": Param("", type="string").serialize()},
        defaults=["Reject"],
        multiple=False,
        timeout_datetime=datetime(2100, 1, 1, tzinfo=UTC),
        dag_id="handbook.promote_release",
        asset_name="handbook.verdict",
        asked_on=asked_on,
        approve="Approve",
        reject="Reject",
        lake_uri=lake_uri,
        subject="handbook.retriever/2",
        audit_version=audit_version,
    )
    _, arguments = asked.serialize()
    return SupersedableHITLTrigger(**arguments)


@pytest.mark.parametrize(
    ("queued", "newest", "asked_on", "withdrawn"),
    [
        (0, "run-7", "run-7", False),
        (1, "run-7", "run-7", True),
        (0, "run-8", "run-7", True),
        (0, None, None, False),  # the asset has had no event
        (0, "run-1", None, True),
        (0, None, "run-7", False),  # what the store held was removed
    ],
)
def test_a_queued_run_or_a_newer_event_withdraws_it(
    monkeypatch: pytest.MonkeyPatch, queued: int, newest: str | None, asked_on: str | None, withdrawn: bool
) -> None:
    looked_up = []

    async def stored(accessor: Any, key: str, default: Any = None) -> Any:
        looked_up.append((accessor._name, key))
        return default if newest is None else newest

    def counted(dag_id: str, states: list[str]) -> int:
        assert (dag_id, states) == ("handbook.promote_release", ["queued"])
        return queued

    monkeypatch.setattr("ragline_airflow.supersedable_trigger.AssetStateStoreAccessor.aget", stored)
    monkeypatch.setattr("ragline_airflow.supersedable_trigger.RuntimeTaskInstance.get_dr_count", counted)
    assert asyncio.run(trigger(asked_on)._superseded()) is withdrawn
    assert looked_up == [("handbook.verdict", NEWEST_RUN)]


def entered(lake: Lake, *decisions: tuple[str, int]) -> None:
    for action, release in decisions:
        audit(lake, action=action, subject=f"handbook.retriever/{release}", actor="ada", reason="", run_id="r")


@pytest.mark.parametrize(
    ("decisions", "option"),
    [
        ([], None),
        ([("promote", 2)], "Approve"),
        ([("reject", 2)], "Reject"),
        ([("reject", 3)], None),  # a decision on another release that changes nothing
        ([("promote", 3)], "Reject"),  # what the person was shown compares with a champion that no longer serves
        ([("rollback", 1)], "Reject"),
        ([("promote", 2), ("rollback", 1)], "Approve"),
    ],
)
def test_an_answer_elsewhere_closes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decisions: list[tuple[str, int]], option: str | None
) -> None:
    async def newer_work(_: SupersedableHITLTrigger) -> bool:
        return False

    monkeypatch.setattr(SupersedableHITLTrigger, "_superseded", newer_work)
    lake = Lake(str(tmp_path))
    entered(lake, ("promote", 1), ("reject", 2))  # before the question was put
    asked = trigger(lake_uri=lake.uri, audit_version=lake.version(AUDIT))
    assert asyncio.run(asked._closed_elsewhere()) is None

    entered(lake, *decisions)

    assert asyncio.run(asked._closed_elsewhere()) == option


def test_a_lake_that_cannot_be_read_leaves_the_question_open(tmp_path: Path) -> None:
    (tmp_path / "audit" / "_delta_log").mkdir(parents=True)
    (tmp_path / "audit" / "_delta_log" / "00000000000000000000.json").write_text("no log")

    assert trigger(lake_uri=str(tmp_path))._answered() is None


def test_a_response_in_airflow_still_comes_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The first look at the answer finds the person's; nothing is asked of the lake."""
    given = SimpleNamespace(
        response_received=True,
        chosen_options=["Approve"],
        params_input={"reason": ""},
        responded_at=datetime(2026, 1, 1, tzinfo=UTC),
        responded_by_user=SimpleNamespace(id="7", name="ada"),
    )
    monkeypatch.setattr("airflow.providers.standard.triggers.hitl.get_hitl_detail_content_detail", lambda ti_id: given)

    async def first() -> Any:
        return await anext(trigger(lake_uri=str(tmp_path)).run())

    payload = asyncio.run(first()).payload
    assert (payload["chosen_options"], payload["responded_by_user"]["name"]) == (["Approve"], "ada")
