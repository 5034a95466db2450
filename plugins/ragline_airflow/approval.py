"""Ask a person about a promotion, and withdraw the question when a newer release waits behind it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.exceptions import AirflowException, AirflowSkipException, TaskAwaitingInput
from airflow.sdk.timezone import utcnow

from ragline.config.settings import Settings
from ragline.contracts.names import retriever_name
from ragline.contracts.run_manifest import RunManifest
from ragline_airflow.assets import NEWEST_RUN, asset
from ragline_airflow.events import newest_event
from ragline_airflow.supersedable_trigger import SupersedableHITLTrigger

NEEDS_APPROVAL = "needs_approval"


class AskPromotionOperator(ApprovalOperator):
    """Waits for a person when ``ragline promote`` ended with ``needs_approval``; is skipped otherwise.

    Silence until ``promotion.response_timeout_hours`` means no. A newer verdict, or a newer run of the DAG, supersedes the
    question: Airflow would hold either back for as long as this one waits.

    :param decided_by: the task that ran ``ragline promote``
    """

    def __init__(self, *, settings: Settings, decided_by: str, **kwargs: Any) -> None:
        super().__init__(
            subject=f"Promote a release of {settings.pipeline}?",
            defaults=self.REJECT,
            response_timeout=timedelta(hours=settings.promotion.response_timeout_hours),
            inlets=[asset(settings.pipeline, "verdict")],
            **kwargs,
        )
        self.settings = settings
        self.decided_by = decided_by

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
                    reject=self.REJECT,
                ),
                method_name="execute_complete",
            )


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
