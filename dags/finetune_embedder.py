"""Train the embedder on the training pairs and the corpus, and register it; a release is built with it and measured.

Skipped until there are `feedback.min_new_pairs` new pairs, unless forced.
"""

from airflow.sdk import Param

from ragline.contracts.names import HEAVY_POOL
from ragline_airflow.assets import asset
from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    with pipeline_dag(
        settings,
        "finetune_embedder",
        __doc__,
        schedule=asset(settings.pipeline, "pairs"),
        params={"force": Param(False, type="boolean", description="Train even if there are too few new pairs.")},
    ):
        RaglineJobOperator(
            task_id="finetune",
            command="finetune",
            settings=settings,
            options={"--force": RunValue(param="force")},
            pool=HEAVY_POOL,
            publishes="embedder",
        )
