"""Take feedback events from the landing folder, check and publish them, make training pairs of them.

Enough new pairs start `finetune_embedder`.
"""

from ragline_airflow.declare import pipeline_dag
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    with pipeline_dag(settings, "collect_feedback", __doc__, schedule=settings.airflow.feedback_schedule):
        collect = RaglineJobOperator(task_id="collect", command="feedback collect", settings=settings)
        gate = RaglineJobOperator(task_id="gate_feedback", command="gate feedback", settings=settings, trigger_rule="none_failed")
        pairs = RaglineJobOperator(
            task_id="make_pairs",
            command="feedback pairs",
            settings=settings,
            trigger_rule="none_failed",
            publishes="pairs",
        )
        collect >> gate >> pairs
