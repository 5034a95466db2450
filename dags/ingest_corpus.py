"""Take the sources into `documents`, check them, publish them.

Each source is staged by a task of its own, so that one that fails does not stop the others; one task commits those that
succeeded, but for those that would lose more than `ingest.max_deleted_share` of their documents. New, changed, moved and deleted
items are told apart; unreadable ones go to `quarantine` with a reason.
Publishing starts `preprocess_corpus`. A run that is narrowed to some sources or a sample deletes nothing outside its scope.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Param

from ragline.contracts.names import HEAVY_POOL
from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import DagRunName, RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator
from ragline_airflow.source_operator import StageSourceOperator

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
            "full_refresh": Param(False, type="boolean", description="Read every item again, changed or not."),
            "allow_mass_delete": Param(False, type="boolean", description="Delete whatever is missing, removed sources too."),
        },
    ):
        narrowing = {"--sample": RunValue(param="sample")}
        stage = StageSourceOperator.partial(
            task_id="stage",
            settings=settings,
            options={
                **narrowing,
                "--stage": DagRunName(),
                "--full-refresh": RunValue(param="full_refresh"),
                "--allow-mass-delete": RunValue(param="allow_mass_delete"),
            },
            pool=HEAVY_POOL,
            map_index_template="{{ task.source }}",
        ).expand(source=names)
        commit = RaglineJobOperator(
            task_id="commit",
            command="ingest",
            settings=settings,
            options={
                **narrowing,
                "--commit": DagRunName(),
                "--source": RunValue(param="sources"),
                "--allow-mass-delete": RunValue(param="allow_mass_delete"),
            },
            trigger_rule="all_done",
        )
        gate = RaglineJobOperator(
            task_id="gate_documents",
            command="gate documents",
            settings=settings,
            # ``commit`` fails with a source that would lose too much, after it has committed the others.
            trigger_rule="all_done",
            publishes="documents",
        )
        stage >> commit >> gate
        # Fails with any source, so that the run does, though what the others brought is published.
        [stage, commit] >> EmptyOperator(task_id="all_sources", trigger_rule="none_failed")
