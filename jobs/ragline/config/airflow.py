"""The configuration of a pipeline's DAGs."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ragline.config.section import Section
from ragline.contracts.names import DAG_KINDS

# Far above what any of them takes here, so that only a task that hangs meets its limit. A first run over millions of documents
# may need more.
_HOURS = {
    "ingest_corpus": 24.0,
    "preprocess_corpus": 24.0,
    "build_release": 24.0,
    "finetune_embedder": 24.0,
    "maintain_lake": 12.0,
}
_OTHER_HOURS = 6.0


def _of_known_dags(hours: dict[str, float]) -> dict[str, float]:
    if unknown := sorted(set(hours) - set(DAG_KINDS)):
        raise ValueError(f"{', '.join(unknown)} is no kind of DAG: those are {', '.join(DAG_KINDS)}")
    return hours


class AirflowSettings(Section):
    """What the DAGs of this pipeline need to know.

    ``secrets`` maps environment variables of the jobs to fields of Airflow connections:
    ``AWS_SECRET_ACCESS_KEY: lake.password``. ``task_hours`` maps kinds of DAGs to how long each of their tasks may take at most,
    for those that are to take more or less than ``hours_of`` says: ``preprocess_corpus: 48``.
    """

    ingest_schedule: str | None = None
    feedback_schedule: str | None = "@hourly"
    maintain_schedule: str | None = "@weekly"
    retries: Annotated[int, Field(ge=0)] = 1
    notify: Literal["log", "webhook"] = "log"
    notify_connection: str | None = None
    secrets: dict[str, str] = Field(default_factory=dict)
    task_hours: Annotated[dict[str, Annotated[float, Field(gt=0, le=24 * 365)]], AfterValidator(_of_known_dags)] = Field(
        default_factory=dict
    )

    def hours_of(self, kind: str) -> float:
        """How long a task of a DAG of this kind may take before it is ended, and tried again if it has retries."""
        return self.task_hours.get(kind, _HOURS.get(kind, _OTHER_HOURS))
