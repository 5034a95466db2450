"""When a question to a person is withdrawn."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from ragline_airflow.assets import NEWEST_RUN
from ragline_airflow.supersedable_trigger import SupersedableHITLTrigger


def trigger(asked_on: str | None) -> SupersedableHITLTrigger:
    """As the triggerer makes it, from what was serialised."""
    asked = SupersedableHITLTrigger(
        ti_id=uuid4(),
        options=["Approve", "Reject"],
        params={},
        defaults=["Reject"],
        multiple=False,
        timeout_datetime=datetime(2100, 1, 1, tzinfo=UTC),
        dag_id="handbook.promote_release",
        asset_name="handbook.verdict",
        asked_on=asked_on,
        reject="Reject",
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
