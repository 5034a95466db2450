"""The configuration of a pipeline's DAGs."""

from typing import Annotated, Literal

from pydantic import Field

from ragline.config.section import Section


class AirflowSettings(Section):
    """What the DAGs of this pipeline need to know.

    ``secrets`` maps environment variables of the jobs to fields of Airflow connections:
    ``AWS_SECRET_ACCESS_KEY: lake.password``.
    """

    ingest_schedule: str | None = None
    feedback_schedule: str | None = "@hourly"
    maintain_schedule: str | None = "@weekly"
    retries: Annotated[int, Field(ge=0)] = 1
    notify: Literal["log", "webhook"] = "log"
    notify_connection: str | None = None
    secrets: dict[str, str] = Field(default_factory=dict)
