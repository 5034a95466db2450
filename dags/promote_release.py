"""Make a release the champion if its verdict allows it; ask a person first where that is configured; or refuse.

Where a person must decide (`promotion.mode: manual`, or an unmeasured release with `on_unmeasured: ask`), the question stands
under *Required actions* of the run. No answer in time means no, and a newer release withdraws the question. An answer on the
command line (`ragline promote --approved-by NAME`, `--rejected-by NAME`) closes it. A person's no is kept in the audit table.
"""

from airflow.sdk import Param

from ragline_airflow.approval import AskPromotionOperator
from ragline_airflow.assets import asset
from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue, TaskValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    verdict = asset(settings.pipeline, "verdict")
    with pipeline_dag(
        settings,
        "promote_release",
        __doc__,
        schedule=verdict,
        params={"release": Param(None, type=["null", "string"], description="Alias or version; empty: the newest release.")},
    ):
        promote = RaglineJobOperator(
            task_id="promote",
            command="promote",
            settings=settings,
            options={"--release": RunValue(param="release", asset=verdict)},
        )
        release = TaskValue("promote", ("facts", "release"))
        person = TaskValue("ask", ("answered_by",))
        ask = AskPromotionOperator(
            task_id="ask", settings=settings, decided_by="promote", approved="promote_approved", rejected="record_rejection"
        )
        promote_approved = RaglineJobOperator(
            task_id="promote_approved",
            command="promote",
            settings=settings,
            options={"--release": release, "--approved-by": person},
        )
        record_rejection = RaglineJobOperator(
            task_id="record_rejection",
            command="promote",
            settings=settings,
            options={"--release": release, "--rejected-by": person, "--reason": TaskValue("ask", ("reason",))},
        )
        promote >> ask >> [promote_approved, record_rejection]
