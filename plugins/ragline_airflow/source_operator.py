"""Stage one source of a pipeline."""

from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from ragline.config.settings import Settings
from ragline_airflow.events import Options
from ragline_airflow.process_operator import RaglineJobOperator


class StageSourceOperator(RaglineJobOperator):
    """Runs ``ragline ingest --source SOURCE``; mapped over the names of a pipeline's sources.

    Is skipped where the run was narrowed, by its parameter ``sources``, to others.

    :param source: the source's name
    """

    def __init__(self, *, source: str, settings: Settings, options: Options | None = None, **kwargs: Any) -> None:
        super().__init__(command="ingest", settings=settings, options={**(options or {}), "--source": source}, **kwargs)
        self.source = source

    def execute(self, context: Any) -> dict[str, Any]:
        """Stage it; return where the manifest is."""
        chosen = context["params"].get("sources")
        if chosen and self.source not in chosen:
            raise AirflowSkipException(f"This run takes in only: {', '.join(chosen)}.")
        return super().execute(context)
