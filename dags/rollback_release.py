"""Put the champion before the present one back, after its bundle was verified.

Started by hand; the reason is kept in the audit table. A second rollback goes further back, never to what was rolled back.
"""

from airflow.sdk import Param

from ragline_airflow.declare import pipeline_dag
from ragline_airflow.events import RunValue
from ragline_airflow.pipelines import pipelines
from ragline_airflow.process_operator import RaglineJobOperator

for settings in pipelines():
    with pipeline_dag(
        settings,
        "rollback_release",
        __doc__,
        params={"reason": Param("rolled back by hand", type="string", minLength=1, description="Why; kept in the audit table.")},
    ):
        RaglineJobOperator(
            task_id="rollback", command="rollback", settings=settings, options={"--reason": RunValue(param="reason")}
        )
