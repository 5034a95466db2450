"""Declares no DAG. A pipeline file that cannot be used becomes the import error of this file, and of no other."""

from airflow.sdk.exceptions import AirflowException

from ragline_airflow.pipelines import broken_pipelines

if broken := broken_pipelines():
    raise AirflowException("No DAGs for: " + " ".join(pipeline.reason for pipeline in broken))
