"""A project that a real Airflow runs, for the end-to-end tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ragline.local.line import Line, LineView
from ragline.local.stack import Stack
from ragline.release.command import open_searcher
from ragline.runtime.lake import Lake
from tests.conftest import Project

SECTIONS: dict[str, Any] = {
    "promotion": {"on_unmeasured": "promote"},
    "airflow": {"feedback_schedule": None, "maintain_schedule": None},
}


@dataclass
class AirflowProject:
    """The test corpus in a project folder, and the stack that runs its DAGs."""

    project: Project
    repository: Path
    stack: Stack | None = None

    @classmethod
    def prepare(cls, project: Project, repository: Path) -> "AirflowProject":
        """Write the pipeline's file before Airflow first looks."""
        project.configure(**SECTIONS)
        return cls(project, repository)

    def line(self, conf: Mapping[str, Any] | None = None, pipeline: str | None = None) -> LineView:
        """Trigger ``ingest_corpus`` and wait until nothing moves."""
        if self.stack is None:
            raise RuntimeError("The stack is not running.")
        line = Line(self.stack.rest, pipeline or self.project.pipeline, since=datetime.now(UTC))
        line.start(conf)
        *_, last = line.follow(seconds=300, check=self.stack.check)
        return last

    @property
    def lake(self) -> Lake:
        """The pipeline's lake."""
        return self.project.lake

    def found(self, question: str, mode: str = "lexical") -> list[str]:
        """Source ids of what the champion finds."""
        searcher = open_searcher(self.project.settings(), with_encoder=mode != "lexical")
        return [hit.source_id for hit in searcher.search(question, k=5, mode=mode)[0]]

    def champion(self) -> str:
        """The number of the release that serves."""
        return open_searcher(self.project.settings(), with_encoder=False)._release


def states(view: LineView) -> dict[str, str]:
    """Task -> state, of everything that ran."""
    return {f"{task.dag_id.partition('.')[2]}.{task.task_id}": task.state for task in view.tasks}
