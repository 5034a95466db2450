"""What every DAG has in common."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, Param

from ragline.config.settings import Settings
from ragline.contracts.names import dag_id
from ragline_airflow.notify import failure_callback


def pipeline_dag(
    settings: Settings, kind: str, doc: str | None, *, schedule: Any = None, params: Mapping[str, Param] | None = None
) -> DAG:
    """The DAG of one kind for one pipeline; ``doc`` is the DAG file's docstring."""
    return DAG(
        dag_id(settings.pipeline, kind),
        description=(doc or "").strip().partition("\n")[0],
        doc_md=doc,
        schedule=_from_now_on(schedule) if isinstance(schedule, str) else schedule,
        catchup=False,
        max_active_runs=1,
        tags=["ragline", settings.pipeline, kind],
        params=dict(params or {}),
        default_args={
            "owner": "ragline",
            "retries": settings.airflow.retries,
            "retry_delay": timedelta(seconds=30),
            # Heavy tasks share one slot: one that never ended would hold up all pipelines. The wait for a person does not count.
            "execution_timeout": timedelta(hours=settings.airflow.hours_of(kind)),
            "on_failure_callback": failure_callback(settings),
        },
    )


def _from_now_on(cron: str) -> CronTriggerTimetable:
    """A schedule that waits for its next time; a plain string would start a run for the last one at once.

    ``run_immediately=False`` would too, shortly after a time: Airflow 3.3 takes it for None.
    """
    return CronTriggerTimetable(cron, timezone="UTC", run_immediately=timedelta(0))
