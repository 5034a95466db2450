"""Ask a person about a promotion; close the question when it is answered elsewhere or a newer release waits behind it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator
from airflow.sdk import Param
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException, TaskAwaitingInput
from airflow.sdk.timezone import utcnow

from ragline.config.settings import Settings
from ragline.contracts.names import release_subject, retriever_name
from ragline.contracts.run_manifest import RunManifest
from ragline_airflow.assets import NEWEST_RUN, asset
from ragline_airflow.events import newest_event
from ragline_airflow.supersedable_trigger import SupersedableHITLTrigger

NEEDS_APPROVAL = "needs_approval"


class AskPromotionOperator(ApprovalOperator):
    """Waits for a person when ``ragline promote`` ended with ``needs_approval``; is skipped otherwise.

    Silence until ``promotion.response_timeout_hours`` means no. An answer on the command line closes the question; a newer
    verdict, or a newer run of the DAG, withdraws it: Airflow would hold either back for as long as this one waits. After a
    person's answer the one task downstream runs that carries it out, and the other is skipped; without one, both are.

    :param decided_by: the task that ran ``ragline promote``
    :param approved: the task that runs when a person says yes
    :param rejected: the task that runs when a person says no
    """

    def __init__(self, *, settings: Settings, decided_by: str, approved: str, rejected: str, **kwargs: Any) -> None:
        # In place of the DAG's own parameters, which Airflow adds and which say what to run.
        kwargs["params"] = {"reason": Param("", type="string", description="Why not; kept in the audit table.", source="task")}
        super().__init__(
            subject=f"Promote a release of {settings.pipeline}?",
            defaults=self.REJECT,
            response_timeout=timedelta(hours=settings.promotion.response_timeout_hours),
            inlets=[asset(settings.pipeline, "verdict")],
            **kwargs,
        )
        self.settings = settings
        self.decided_by = decided_by
        self.next_tasks = {self.APPROVE: approved, self.REJECT: rejected}

    def execute(self, context: Any) -> None:
        """Put the question, then wait in the triggerer."""
        decision = _manifest(context["ti"].xcom_pull(task_ids=self.decided_by))
        if decision.facts.get("outcome") != NEEDS_APPROVAL:
            raise AirflowSkipException(f"Nothing to ask: {decision.facts.get('outcome')}.")
        self.subject, self.body = question(self.settings, decision)
        verdict = asset(self.settings.pipeline, "verdict")
        event = newest_event(context, verdict) or {}  # a person's run has none, a person's event names no manifest
        asked_on = event.get(NEWEST_RUN) or context["asset_state_store"][verdict].get(NEWEST_RUN)
        try:
            super().execute(context)
        except TaskAwaitingInput:
            self.defer(
                trigger=SupersedableHITLTrigger(
                    ti_id=context["ti"].id,
                    options=self.options,
                    params=self.serialized_params,
                    defaults=self.defaults,
                    timeout_datetime=utcnow() + (self.response_timeout or timedelta()),
                    dag_id=context["ti"].dag_id,
                    asset_name=verdict.name,
                    asked_on=asked_on,
                    approve=self.APPROVE,
                    reject=self.REJECT,
                    lake_uri=self.settings.lake.uri,
                    subject=release_subject(self.settings.pipeline, int(decision.facts["release"])),
                    audit_version=decision.facts.get("audit_version"),
                ),
                method_name="execute_complete",
            )

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        """Take the answer, and skip the tasks downstream that do not carry it out."""
        answer = HITLOperator.execute_complete(self, context, event)  # ApprovalOperator would skip all tasks after a no
        option, person = answer["chosen_options"][0], answer["responded_by_user"]
        name = _name_of(person)
        if person is not None and not name:
            raise AirflowFailException("The answer comes from a user without a name: nobody can be entered in the audit table.")
        wanted = self.next_tasks[option] if name else None
        self.log.info("%s, by %s", option, name or "nobody")
        self.hitl_summary_extra["approved"] = option == self.APPROVE
        taken = {**answer, "answered_by": name, "reason": str(answer["params_input"].get("reason") or "")}
        # Tasks are skipped by an exception, after which Airflow does not push what is returned.
        context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=taken)
        self.skip(ti=context["ti"], tasks=[task for task in self.get_direct_relatives() if task.task_id != wanted])
        return taken


def _name_of(person: Mapping[str, Any] | None) -> str:
    """The name that Airflow has for whoever answered, else the id; "" for nobody."""
    return next((str(value).strip() for key in ("name", "id") if (value := (person or {}).get(key)) and str(value).strip()), "")


def question(settings: Settings, decision: RunManifest) -> tuple[str, str]:
    """Subject and Markdown body: what is asked, why, on which figures."""
    subject = f"Promote {retriever_name(settings.pipeline)} {decision.facts.get('release', '')} to champion?"
    facts = [f"| {key} | {value} |" for key, value in _flat(decision.facts).items()]
    return subject, "\n".join([decision.message, "", "| | |", "|---|---|", *facts])


def _flat(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in facts.items():
        flat.update(_flat(value, f"{prefix}{key} ") if isinstance(value, Mapping) else {f"{prefix}{key}": value})
    return flat


def _manifest(returned: Any) -> RunManifest:
    from ragline.lake.run_manifests import load_run_manifest

    manifest = load_run_manifest(returned["run_manifest"]) if returned else None
    if manifest is None:
        raise AirflowException("The promotion left no run manifest to ask about.")
    return manifest
