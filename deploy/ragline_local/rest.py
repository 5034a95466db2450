"""Airflow's REST API, as much of it as the local stack needs."""

import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import httpx

from ragline.errors import RaglineError

Json = dict[str, Any]
ACTIVE = ("queued", "running")


class AirflowApiError(RaglineError):
    """Airflow refused or did not answer a request."""


class AirflowRest:
    """A client that is logged in; one per address."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self._login = {"username": user, "password": password}
        self._client = httpx.Client(base_url=address, timeout=30)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def is_healthy(self) -> bool:
        """Whether database, scheduler and DAG processor say so (the triggerer may come later)."""
        try:
            answer = self._client.get("/api/v2/monitor/health", timeout=5)
        except httpx.TransportError:
            return False
        needed = ("metadatabase", "scheduler", "dag_processor")
        return answer.status_code == 200 and all(answer.json()[part]["status"] == "healthy" for part in needed)

    def request(self, method: str, path: str, **kwargs: Any) -> Json:
        """Call ``/api/v2`` + path; one new token if the old one has run out.

        Raises:
            AirflowApiError: any answer that is not a success.
        """
        answer = self._send(method, path, **kwargs)
        if answer.status_code == 401:
            self._client.headers.pop("Authorization", None)
            answer = self._send(method, path, **kwargs)
        if not answer.is_success:
            raise AirflowApiError(f"Airflow answered {method} {path} with {answer.status_code}: {answer.text[:500]}")
        return dict(answer.json()) if answer.content else {}

    def _send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            if "Authorization" not in self._client.headers:
                token = self._client.post("/auth/token", json=self._login).raise_for_status().json()["access_token"]
                self._client.headers["Authorization"] = f"Bearer {token}"
            return self._client.request(method, f"/api/v2{path}", **kwargs)
        except httpx.HTTPError as error:
            raise AirflowApiError(f"Airflow at {self.address} does not answer {method} {path}: {error}") from error

    def ensure_pool(self, name: str, slots: int) -> None:
        """Create a pool unless it exists; the slots of an existing one are its owner's business."""
        if self._send("GET", f"/pools/{name}").status_code == 404:
            self.request("POST", "/pools", json={"name": name, "slots": slots})

    def dag_ids(self, tag: str) -> set[str]:
        """The DAGs with a tag that Airflow has parsed and may run."""
        found = self.request("GET", "/dags", params={"tags": tag, "paused": False, "limit": 100})
        return {dag["dag_id"] for dag in found["dags"] if not dag.get("has_import_errors")}

    def import_errors(self) -> list[str]:
        """What keeps DAG files from being parsed."""
        return [entry["stack_trace"] for entry in self.request("GET", "/importErrors")["import_errors"]]

    def trigger(self, dag: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a DAG run with parameters; its run id."""
        run = self.request("POST", f"/dags/{dag}/dagRuns", json={"logical_date": None, "conf": dict(conf or {})})
        return str(run["dag_run_id"])

    # Reading is done by GET alone: Airflow writes an audit row for each POST from its event loop, and on SQLite that
    # can bring its whole server to a halt.

    def dag_runs(self, prefix: str, since: datetime | None = None, states: Iterable[str] = ()) -> list[Json]:
        """The newest 100 runs of the DAGs whose ids start with ``prefix``, oldest first: since then, in some states."""
        params = {"dag_id_prefix_pattern": prefix, "order_by": "-run_after", **_narrowed(since, states)}
        return list(reversed(self.request("GET", "/dags/~/dagRuns", params=params)["dag_runs"]))

    def task_instances(self, prefix: str, since: datetime | None = None, states: Iterable[str] = ()) -> list[Json]:
        """The newest 100 tasks of such runs."""
        params = {"dag_id_prefix_pattern": prefix, "order_by": "-run_after", **_narrowed(since, states)}
        return list(self.request("GET", "/dags/~/dagRuns/~/taskInstances", params=params)["task_instances"])

    def asset_events(self, since: datetime, prefix: str) -> list[Json]:
        """Events since then of assets whose name starts with ``prefix``, with the runs each one started."""
        params: Json = {"timestamp_gte": since.isoformat(), "name_prefix_pattern": prefix, "limit": 100}
        return list(self.request("GET", "/assets/events", params=params)["asset_events"])

    def xcom(self, task: Mapping[str, Any], key: str) -> Any:
        """A value that a task left, or None."""
        path = f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/xcomEntries/{key}"
        answer = self._send("GET", path, params={"map_index": task["map_index"]})
        return answer.json().get("value") if answer.status_code == 200 else None

    def fail_run(self, dag: str, run: str) -> None:
        """Mark a DAG run failed; Airflow ends its tasks."""
        self.request("PATCH", f"/dags/{dag}/dagRuns/{run}", json={"state": "failed"})

    def answer(self, dag: str, run: str, task: str, option: str) -> None:
        """Answer a question that waits for a person."""
        path = f"/dags/{dag}/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"
        self.request("PATCH", path, json={"chosen_options": [option], "params_input": {}})


def _narrowed(since: datetime | None, states: Iterable[str]) -> Json:
    return {"limit": 100, "state": list(states), **({"run_after_gte": since.isoformat()} if since else {})}


def wait_until(condition: Any, seconds: float, what: str, interval: float = 0.5) -> None:
    """Poll until ``condition()`` is true.

    Raises:
        AirflowApiError: it was not within the time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AirflowApiError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(interval)
