"""Clean, deduplicate and chunk the published `documents` in Spark; check and publish `chunks`.

Only documents that changed since the last run are processed, unless the configuration of the stage changed.
"""

from airflow.sdk import Param

from ragline.contracts.names import HEAVY_POOL
from ragline_airflow.assets import asset
from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator
from ragline_airflow.spark_operator import spark_job

for settings in pipelines():
    documents = asset(settings.pipeline, "documents")
    with pipeline_dag(
        settings,
        "preprocess_corpus",
        __doc__,
        schedule=documents,
        params={
            "documents_version": Param(None, type=["null", "integer"], description="A published version; empty: the last one."),
            "full_refresh": Param(False, type="boolean", description="Process every document again."),
        },
    ):
        preprocess = spark_job(
            task_id="preprocess",
            command="preprocess",
            settings=settings,
            options={
                "--documents-version": RunValue(param="documents_version", asset=documents),
                "--full-refresh": RunValue(param="full_refresh"),
            },
            pool=HEAVY_POOL,
        )
        gate = RaglineJobOperator(
            task_id="gate_chunks", command="gate chunks", settings=settings, trigger_rule="none_failed", publishes="chunks"
        )
        preprocess >> gate
