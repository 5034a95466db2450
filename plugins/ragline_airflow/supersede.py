"""A question to a person that a newer DAG run withdraws."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.providers.standard.triggers.hitl import HITLTrigger
from airflow.sdk.execution_time.hitl import update_hitl_detail_response
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
from airflow.triggers.base import TriggerEvent
from asgiref.sync import sync_to_async


class SupersedableHITLTrigger(HITLTrigger):
    """Waits for the response as its parent does; answers ``reject`` as soon as another run of the DAG is queued."""

    def __init__(self, *, dag_id: str, reject: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dag_id = dag_id
        self.reject = reject

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Class path and arguments."""
        _, arguments = super().serialize()
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {**arguments, "dag_id": self.dag_id, "reject": self.reject}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield the event of whichever comes first: response, timeout, newer run."""
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
        count = await sync_to_async(RuntimeTaskInstance.get_dr_count)(dag_id=self.dag_id, states=["queued"])
        return bool(count)

    async def _withdraw(self) -> TriggerEvent:
        self.log.info("A newer run of %s is waiting: the question is withdrawn.", self.dag_id)
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
