"""Measure a release against the champion on the pipeline's judgments: a verdict.

Pipelines without judgments are measured on known-item queries made from titles, summaries and headings.
"""

from airflow.sdk import Param

from ragline.contracts.names import HEAVY_POOL
from ragline_airflow.assets import asset
from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    release = asset(settings.pipeline, "release")
    with pipeline_dag(
        settings,
        "evaluate_release",
        __doc__,
        schedule=release,
        params={"release": Param(None, type=["null", "string"], description="Alias or version; empty: the newest release.")},
    ):
        RaglineJobOperator(
            task_id="evaluate",
            command="evaluate",
            settings=settings,
            options={"--release": RunValue(param="release", asset=release)},
            pool=HEAVY_POOL,
            publishes="verdict",
        )
