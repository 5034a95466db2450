"""The operator that submits a job to Spark: any command, with the arguments that the command line has."""

import json
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

from ragline.contracts.run_manifest import run_manifest_uri
from ragline_airflow.spark_operator import RaglineSparkOperator
from tests.orchestration.task_context import task_context
from tests.project import Project

RUN_ID = "manual__2026-01-01T00-00-00-00-00.work.try1"


@pytest.mark.parametrize(
    ("command", "job", "options"),
    [
        ("preprocess", "preprocess", {"--documents-version": 3}),
        ("gate chunks", "gate", {}),
        ("feedback pairs", "pairs", {}),
        ("embed", "embed", {"--chunks-version": 7}),
    ],
)
def test_any_command_is_submitted_as_it_would_be_typed(
    project: Project, monkeypatch: pytest.MonkeyPatch, command: str, job: str, options: dict[str, Any]
) -> None:
    settings = project.settings()
    submitted: list[SparkSubmitOperator] = []

    def submit(operator: SparkSubmitOperator, context: Any) -> None:
        submitted.append(operator)
        manifest = Path(run_manifest_uri(settings.lake.uri, job, RUN_ID))
        manifest.parent.mkdir(parents=True)
        manifest.write_text(
            json.dumps({"job": job, "pipeline": "handbook", "run_id": RUN_ID, "started_at": "now", "status": "done"})
        )

    monkeypatch.setattr(SparkSubmitOperator, "execute", submit)
    operator = RaglineSparkOperator(task_id="work", command=command, settings=settings, options=options)
    returned = operator.execute(task_context())
    typed = [*command.split(), "--config", str(settings.file), "--run-id", RUN_ID]
    assert operator.application_args == [*typed, *(str(part) for option in options.items() for part in option)]
    assert operator.application.endswith("ragline/spark/submit.py")
    assert operator.name == f"handbook.{command.replace(' ', '.')}"
    assert returned["run_manifest"].endswith(f"/_runs/{job}/{RUN_ID}.json")
