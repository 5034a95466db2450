"""Take the sources into `documents`, check them, publish them.

New, changed and deleted items are found by their hashes; unreadable ones go to `quarantine` with a reason. Publishing
starts `preprocess_corpus`. A run that is narrowed to some sources or a sample deletes nothing outside its scope.
"""

from airflow.sdk import Param

from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    names = [source.name for source in settings.sources]
    with pipeline_dag(
        settings,
        "ingest_corpus",
        __doc__,
        schedule=settings.airflow.ingest_schedule,
        params={
            "sources": Param([], type="array", examples=names, description="Only these sources; none chosen means all."),
            "sample": Param(None, type=["null", "integer"], minimum=1, description="At most so many items of each source."),
            "full_refresh": Param(False, type="boolean", description="Take in every item again, changed or not."),
        },
    ):
        ingest = RaglineJobOperator(
            task_id="ingest",
            command="ingest",
            settings=settings,
            options={
                "--source": RunValue(param="sources"),
                "--sample": RunValue(param="sample"),
                "--full-refresh": RunValue(param="full_refresh"),
            },
        )
        gate = RaglineJobOperator(
            task_id="gate_documents",
            command="gate documents",
            settings=settings,
            trigger_rule="none_failed",
            publishes="documents",
        )
        ingest >> gate
