"""Follow a pipeline's line through Airflow: what runs, what ran, and whether anything more will come."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ragline.contracts.names import DAG_KINDS, dag_id, dag_id_prefix
from ragline.contracts.run_manifest import RunManifest
from ragline.errors import RaglineError
from ragline.lake.run_manifests import load_run_manifest
from ragline_local.airflow_settings import Place
from ragline_local.rest import ACTIVE, AirflowRest

WAITING_FOR_A_PERSON = ("deferred", "awaiting_input")
FINISHED = ("success", "failed", "skipped", "upstream_failed", "removed")
DOES_NOTHING = "EmptyOperator"
MANIFEST_XCOM = "run_manifest"


@dataclass(frozen=True)
class TaskView:
    """A task of a run, with its job's manifest once it has one."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    mapped_to: str
    state: str
    try_number: int
    started: datetime | None
    ended: datetime | None
    manifest: RunManifest | None = None

    @property
    def name(self) -> str:
        """The task's id, with what it was mapped to."""
        return self.task_id if self.map_index < 0 else f"{self.task_id} [{self.mapped_to}]"

    def log_in(self, place: Place) -> Path:
        """The log of its last try."""
        return place.task_log(self.dag_id, self.run_id, self.task_id, self.map_index, self.try_number)

    @property
    def seconds(self) -> float | None:
        """How long it has run, or None before it starts."""
        return None if self.started is None else ((self.ended or datetime.now(UTC)) - self.started).total_seconds()


@dataclass(frozen=True)
class LineView:
    """The runs of a pipeline since a moment, their tasks, and whether nothing more will happen by itself."""

    runs: list[dict[str, Any]]
    tasks: list[TaskView]
    settled: bool

    @property
    def failed(self) -> list[TaskView]:
        """Tasks that failed for good."""
        return [task for task in self.tasks if task.state == "failed"]

    @property
    def question(self) -> TaskView | None:
        """The task that waits for a person, if one does."""
        return next((task for task in self.tasks if task.state in WAITING_FOR_A_PERSON), None)

    def manifest(self, kind: str, task: str) -> RunManifest | None:
        """The newest manifest of a task of the DAGs of one kind."""
        found = [t.manifest for t in self.tasks if t.manifest and t.task_id == task and t.dag_id.endswith(f".{kind}")]
        return found[-1] if found else None


@dataclass
class Line:
    """One pipeline in one Airflow, watched from the moment ``since``."""

    rest: AirflowRest
    pipeline: str
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    _manifests: dict[tuple[str, str, str, int, int], RunManifest | None] = field(default_factory=dict)

    @property
    def dags(self) -> set[str]:
        """The ids of the pipeline's DAGs."""
        return {dag_id(self.pipeline, kind) for kind in DAG_KINDS}

    @property
    def _prefix(self) -> str:
        return dag_id_prefix(self.pipeline)

    def are_dags_there(self) -> bool:
        """Whether Airflow has parsed all of them: an asset event is lost on a DAG that it does not know yet."""
        return self.dags <= self.rest.dag_ids(self.pipeline)

    def start(self, conf: Mapping[str, Any] | None = None) -> str:
        """Trigger ``ingest_corpus``; its run id."""
        return self.rest.trigger(dag_id(self.pipeline, "ingest_corpus"), conf)

    def view(self) -> LineView:
        """What can be said now.

        Settled: no run is queued or running (except one that waits for a person), every asset event has started its run, and
        still no run is. Events come only from runs, so nothing can slip in between.
        """
        quiet = not self._moving()
        consumed = quiet and all(event["created_dagruns"] for event in self._events())
        settled = consumed and not self._moving()
        runs = self.rest.dag_runs(self._prefix, since=self.since)
        return LineView(runs, self._tasks(runs), settled)

    def follow(self, seconds: float = 1800, interval: float = 1.0, check: Callable[[], None] | None = None) -> Iterator[LineView]:
        """Yield views until the line is settled.

        Raises:
            RaglineError: it was not within the time.
        """
        deadline = time.monotonic() + seconds
        while True:
            view = self.view()
            yield view
            if view.settled:
                return
            if time.monotonic() > deadline:
                raise RaglineError(f"The DAGs of {self.pipeline} did not come to rest within {seconds:.0f} s.")
            if check:
                check()
            time.sleep(interval)

    def _events(self) -> list[dict[str, Any]]:
        return self.rest.asset_events(self.since, self._prefix)

    def _moving(self) -> bool:
        active = self.rest.dag_runs(self._prefix, states=ACTIVE)
        if not active:
            return False
        asking = self.rest.task_instances(self._prefix, states=WAITING_FOR_A_PERSON)
        waiting = {(task["dag_id"], task["dag_run_id"]) for task in asking}
        return any((run["dag_id"], run["dag_run_id"]) not in waiting for run in active)

    def _tasks(self, runs: list[dict[str, Any]]) -> list[TaskView]:
        if not runs:
            return []
        order = {(run["dag_id"], run["dag_run_id"]): position for position, run in enumerate(runs)}
        tasks = self.rest.task_instances(self._prefix, since=self.since)
        known = [
            task for task in tasks if (task["dag_id"], task["dag_run_id"]) in order and task["operator_name"] != DOES_NOTHING
        ]
        far = datetime.max.replace(tzinfo=UTC)
        views = [(order[(task["dag_id"], task["dag_run_id"])], self._task(task)) for task in known]
        return [view for _, view in sorted(views, key=lambda pair: (pair[0], pair[1].started or far))]

    def _task(self, task: Mapping[str, Any]) -> TaskView:
        state = task["state"] or "none"
        key = (task["dag_id"], task["dag_run_id"], task["task_id"], task["map_index"], task["try_number"])
        if state in FINISHED and key not in self._manifests:
            self._manifests[key] = self._read_manifest(task)
        return TaskView(
            dag_id=task["dag_id"],
            run_id=task["dag_run_id"],
            task_id=task["task_id"],
            map_index=task["map_index"],
            mapped_to=task["rendered_map_index"] or str(task["map_index"]),
            state=state,
            try_number=task["try_number"],
            started=_moment(task["start_date"]),
            ended=_moment(task["end_date"]),
            manifest=self._manifests.get(key),
        )

    def _read_manifest(self, task: Mapping[str, Any]) -> RunManifest | None:
        uri = self.rest.xcom(task, MANIFEST_XCOM) if task["start_date"] else None
        return load_run_manifest(uri) if uri else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
