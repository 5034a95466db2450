"""A question to a person that newer work withdraws."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.providers.standard.triggers.hitl import HITLTrigger
from airflow.sdk.execution_time.context import AssetStateStoreAccessor
from airflow.sdk.execution_time.hitl import update_hitl_detail_response
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
from airflow.triggers.base import TriggerEvent
from asgiref.sync import sync_to_async

from ragline_airflow.assets import NEWEST_RUN


class SupersedableHITLTrigger(HITLTrigger):
    """Waits for the response as its parent does; answers ``reject`` as soon as newer work waits behind the question.

    That is a queued run of the DAG, or a newer event of the asset that starts it: Airflow makes no run for the event while
    the DAG has all the runs that it may have.

    :param dag_id: the DAG that asks
    :param asset_name: the asset that starts it
    :param asked_on: the asset's ``NEWEST_RUN`` that the question is about; None if it had none
    :param reject: the option that stands for no
    """

    def __init__(self, *, dag_id: str, asset_name: str, asked_on: str | None, reject: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dag_id = dag_id
        self.asset_name = asset_name
        self.asked_on = asked_on
        self.reject = reject

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Class path and arguments."""
        _, arguments = super().serialize()
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        own = {"dag_id": self.dag_id, "asset_name": self.asset_name, "asked_on": self.asked_on, "reject": self.reject}
        return path, {**arguments, **own}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield the event of whichever comes first: response, timeout, newer work."""
        waiting = super().run()
        answer = asyncio.ensure_future(anext(waiting))
        while not answer.done():
            await asyncio.wait([answer], timeout=self.poke_interval)
            if not answer.done() and await self._superseded():
                answer.cancel()
                yield await self._withdraw()
                return
        yield answer.result()

    async def _superseded(self) -> bool:
        queued = await sync_to_async(RuntimeTaskInstance.get_dr_count)(dag_id=self.dag_id, states=["queued"])
        newest = await AssetStateStoreAccessor(name=self.asset_name).aget(NEWEST_RUN, self.asked_on)
        return bool(queued) or newest != self.asked_on

    async def _withdraw(self) -> TriggerEvent:
        self.log.info("A newer run of %s or event of %s waits: the question is withdrawn.", self.dag_id, self.asset_name)
        response = await sync_to_async(update_hitl_detail_response)(
            ti_id=self.ti_id, chosen_options=[self.reject], params_input={}
        )
        return TriggerEvent(  # type: ignore[no-untyped-call]
            {
                "chosen_options": [self.reject],
                "params_input": {},
                "responded_by_user": None,
                "responded_at": response.responded_at,
                "timedout": False,
            }
        )
