"""A question to a person that is closed where it was answered elsewhere, or newer work withdraws it."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.triggers.hitl import HITLTrigger
from airflow.sdk.execution_time.context import AssetStateStoreAccessor
from airflow.sdk.execution_time.hitl import update_hitl_detail_response
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
from airflow.triggers.base import TriggerEvent
from asgiref.sync import sync_to_async

from ragline.errors import LakeError
from ragline_airflow.assets import NEWEST_RUN

if TYPE_CHECKING:
    from ragline.lake.answers import Answer


class SupersedableHITLTrigger(HITLTrigger):
    """Waits for the response as its parent does, and closes the question where it was answered or outdated elsewhere.

    That is: the release was promoted or rejected on the command line (the audit table says so); another release was made
    champion, so that the figures shown compare with one that no longer serves; or newer work waits behind the question, a queued
    run of the DAG or a newer event of the asset that starts it (Airflow makes no run for the event while the DAG has all the runs
    that it may have).

    :param dag_id: the DAG that asks
    :param asset_name: the asset that starts it
    :param asked_on: the asset's ``NEWEST_RUN`` that the question is about; None if it had none
    :param approve: the option that stands for yes
    :param reject: the option that stands for no
    :param lake_uri: the lake whose audit table is watched
    :param subject: what that table calls the release
    :param audit_version: the table's version when it was decided to ask
    """

    def __init__(
        self,
        *,
        dag_id: str,
        asset_name: str,
        asked_on: str | None,
        approve: str,
        reject: str,
        lake_uri: str,
        subject: str,
        audit_version: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.dag_id = dag_id
        self.asset_name = asset_name
        self.asked_on = asked_on
        self.approve = approve
        self.reject = reject
        self.lake_uri = lake_uri
        self.subject = subject
        self.audit_version = audit_version
        self._looked_at: int | None = audit_version

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Class path and arguments."""
        _, arguments = super().serialize()
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        own = ("dag_id", "asset_name", "asked_on", "approve", "reject", "lake_uri", "subject", "audit_version")
        return path, {**arguments, **{name: getattr(self, name) for name in own}}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield the event of whichever comes first: response, timeout, an answer elsewhere, newer work."""
        waiting = super().run()
        answer = asyncio.ensure_future(anext(waiting))
        while not answer.done():
            await asyncio.wait([answer], timeout=self.poke_interval)
            if not answer.done() and (option := await self._closed_elsewhere()):
                answer.cancel()
                yield await self._close(option)
                return
        yield answer.result()

    async def _closed_elsewhere(self) -> str | None:
        """The option to close the question with, if nobody needs to answer it any more."""
        found = await sync_to_async(self._answered)()
        if found is not None:
            self.log.info("The release %s is %s by now: the question is closed.", self.subject, found)
            return self.approve if found == "approved" else self.reject
        if await self._superseded():
            self.log.info("A newer run of %s or event of %s waits: the question is withdrawn.", self.dag_id, self.asset_name)
            return self.reject
        return None

    def _answered(self) -> "Answer | None":
        """What the audit table says; a lake that cannot be read just now leaves the question open."""
        # Imported here: the DAG files that name this trigger are parsed without what reads tables.
        from ragline.contracts.tables import AUDIT
        from ragline.lake.answers import answer_since
        from ragline.lake.lake import Lake

        lake = Lake(self.lake_uri)
        try:
            version = lake.version(AUDIT)
            if version == self._looked_at:
                return None
            found = answer_since(lake, self.subject, self.audit_version)
        except LakeError as error:
            self.log.warning("Whether the question was answered elsewhere cannot be seen: %s", error)
            return None
        self._looked_at = version
        return found

    async def _superseded(self) -> bool:
        queued = await sync_to_async(RuntimeTaskInstance.get_dr_count)(dag_id=self.dag_id, states=["queued"])
        newest = await AssetStateStoreAccessor(name=self.asset_name).aget(NEWEST_RUN, self.asked_on)
        return bool(queued) or newest != self.asked_on

    async def _close(self, option: str) -> TriggerEvent:
        """Answer the question in Airflow in nobody's name."""
        response = await sync_to_async(update_hitl_detail_response)(ti_id=self.ti_id, chosen_options=[option], params_input={})
        return TriggerEvent(  # type: ignore[no-untyped-call]
            {
                "chosen_options": [option],
                "params_input": {},
                "responded_by_user": None,
                "responded_at": response.responded_at,
                "timedout": False,
            }
        )
