"""Embed what has no vector yet, check the vectors, build the indices, register a release.

Published `chunks` are built with the champion's embedder; a newly registered embedder is built with the last published chunks.
"""

from airflow.sdk import AssetAny, Param

from ragline.contracts.names import HEAVY_POOL
from ragline_airflow.assets import asset
from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    chunks, embedder = asset(settings.pipeline, "chunks"), asset(settings.pipeline, "embedder")
    versions = {
        "--chunks-version": RunValue(param="chunks_version", asset=chunks),
        "--embedder-version": RunValue(param="embedder_version", asset=embedder),
    }
    with pipeline_dag(
        settings,
        "build_release",
        __doc__,
        schedule=AssetAny(chunks, embedder),
        params={
            "chunks_version": Param(None, type=["null", "integer"], description="A published version; empty: the last one."),
            "embedder_version": Param(
                None, type=["null", "integer"], description="A registered embedder; empty: the champion's."
            ),
        },
    ):
        embed = RaglineJobOperator(task_id="embed", command="embed", settings=settings, options=versions, pool=HEAVY_POOL)
        gate = RaglineJobOperator(
            task_id="gate_embeddings", command="gate embeddings", settings=settings, trigger_rule="none_failed"
        )
        index = RaglineJobOperator(
            task_id="index",
            command="index",
            settings=settings,
            options=versions,
            trigger_rule="none_failed",
            publishes="release",
        )
        embed >> gate >> index
