"""Compact the lake's tables, write checkpoints, remove the files that no kept version needs."""

from airflow.sdk import Param

from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    with pipeline_dag(
        settings,
        "maintain_lake",
        __doc__,
        schedule=settings.airflow.maintain_schedule,
        params={
            "retention_hours": Param(
                168, type="integer", minimum=0, description="Keep the files that versions this young still need."
            )
        },
    ):
        RaglineJobOperator(
            task_id="maintain",
            command="maintain",
            settings=settings,
            options={"--retention-hours": RunValue(param="retention_hours")},
        )
