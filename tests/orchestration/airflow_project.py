"""A project that a real Airflow runs, for the end-to-end tests."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ragline.contracts.names import dag_id
from ragline.lake.lake import Lake
from ragline.registry.searchers import open_searcher
from ragline_local.line import Line, LineView, TaskView
from ragline_local.rest import wait_until
from ragline_local.stack import Stack
from tests.project import Project, write_small_model

_SECONDS_TO_READ_A_QUESTION = 5

SECTIONS: dict[str, Any] = {
    "promotion": {"on_unmeasured": "promote"},
    "embedding": {"model": "model"},  # the line is the same with a model of a few kilobytes
    "airflow": {"feedback_schedule": None, "maintain_schedule": None},
}


@dataclass
class AirflowProject:
    """The test corpus in a project folder, and the stack that runs its DAGs."""

    project: Project
    stack: Stack | None = None
    sections: dict[str, Any] = field(default_factory=lambda: dict(SECTIONS))

    def __post_init__(self) -> None:
        """Write the pipeline's file, and its model, before Airflow first looks."""
        write_small_model(self.project)
        self.configure()

    def configure(self, **sections: Any) -> None:
        """Change sections of the configuration for good: putting one back would cost another run of the line."""
        self.sections = {**self.sections, **sections}
        self.project.configure(**self.sections)

    def line(self, conf: Mapping[str, Any] | None = None) -> LineView:
        """Trigger ``ingest_corpus`` and wait until nothing moves."""
        *_, last = self.follow(conf)
        return last

    def follow(self, conf: Mapping[str, Any] | None = None) -> Iterator[LineView]:
        """Trigger ``ingest_corpus``; what can be seen until nothing moves."""
        stack = self._running()
        line = Line(stack.rest, self.project.pipeline, since=datetime.now(UTC))
        wait_until(line.are_dags_there, 120, "the pipeline's DAGs")
        line.start(conf)
        yield from line.follow(seconds=500, check=stack.check)

    def run(self, kind: str, conf: Mapping[str, Any]) -> LineView:
        """Trigger a DAG of one kind by hand and wait until nothing moves."""
        stack = self._running()
        line = Line(stack.rest, self.project.pipeline, since=datetime.now(UTC))
        stack.rest.trigger(dag_id(self.project.pipeline, kind), conf)
        *_, last = line.follow(seconds=300, check=stack.check)
        return last

    def answer(self, question: TaskView, option: str) -> None:
        """Answer a question as a person does, and wait until nothing moves."""
        rest = self._running().rest
        # Airflow resumes the task at the answer; one that comes within a second of the question finds the process that put it
        # not yet reported as ended, which then looks like a crash of the resumed one, and the question is put again.
        time.sleep(_SECONDS_TO_READ_A_QUESTION)
        line = Line(rest, self.project.pipeline, since=datetime.now(UTC))
        rest.answer(question.dag_id, question.run_id, question.task_id, option)
        for _ in line.follow(seconds=120):
            pass

    def state_of(self, task: TaskView) -> str:
        """The state that a task's run is in now."""
        return str(self._running().rest.request("GET", f"/dags/{task.dag_id}/dagRuns/{task.run_id}")["state"])

    def _running(self) -> Stack:
        if self.stack is None:
            raise RuntimeError("The stack is not running.")
        return self.stack

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
