"""Airflow, and MLflow's pages, on this machine: started together, stopped together."""

import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from ragline.contracts.names import HEAVY_POOL
from ragline.runtime.child_environment import without_secrets_of_airflow
from ragline_local.airflow_settings import USER, Place, environment, secrets
from ragline_local.ports import LOOPBACK, choose_port
from ragline_local.rest import AirflowRest, wait_until
from ragline_local.service import GRACE_SECONDS, Service, run_once

COMPONENTS = {
    "api-server": ("api-server", "--workers", "1"),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
START_SECONDS = 180.0
SCHEDULER_GRACE_SECONDS = 20.0  # it may need 15 s to end its workers
MLFLOW_ADDRESS = "RAGLINE_MLFLOW_ADDRESS"


class Stack:
    """A context manager: running inside, and nothing of it left after.

    ``tracking_uri`` adds MLflow's pages on the database of that URI.
    """

    def __init__(
        self, root: Path, *, tracking_uri: str | None = None, airflow_port: int | None = None, mlflow_port: int | None = None
    ) -> None:
        self.place = Place.of(root)
        self.address = f"http://{LOOPBACK}:{choose_port(airflow_port, 'Airflow')}"
        self.mlflow_address = f"http://{LOOPBACK}:{choose_port(mlflow_port, 'MLflow')}" if tracking_uri else None
        self.password = secrets(self.place)["password"]
        self.rest = AirflowRest(self.address, USER, self.password)
        self._tracking_uri = tracking_uri
        self.services: list[Service] = []

    def __enter__(self) -> "Stack":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and wait until it is ready.

        Raises:
            ServiceError: a component ended.
            AirflowApiError: it is not ready in time.
        """
        extra = {MLFLOW_ADDRESS: self.mlflow_address} if self.mlflow_address else {}
        env = environment(self.place, _port(self.address), extra)
        self._migrate(env)
        begun = datetime.now(UTC)
        for name, arguments in COMPONENTS.items():
            self._launch(name, [sys.executable, "-m", "airflow", *arguments], env)
        # A job over a handful of documents would spend most of its time on starting a JVM of its own.
        own = without_secrets_of_airflow(env)
        self._launch("spark-jvm", [sys.executable, "-m", "ragline.spark.warm_jvm", str(self.place.warm_jvm)], own)
        if self.mlflow_address:
            self._launch("mlflow", mlflow_command(_port(self.mlflow_address)), mlflow_environment(own, str(self._tracking_uri)))
        wait_until(self._ready, START_SECONDS, f"Airflow and MLflow to start; they log to {self.place.service_logs}")
        self.rest.ensure_pool(HEAVY_POOL, 1)
        self._fail_abandoned_runs(begun)

    def check(self) -> None:
        """Raise if a component has ended."""
        for service in self.services:
            service.check()

    def stop(self) -> None:
        """End everything that was started, all at once."""
        for service in self.services:
            service.begin_stop()
        for service in self.services:
            service.finish_stop()
        self.services.clear()
        self.rest.close()

    def _launch(self, name: str, command: list[str], env: dict[str, str]) -> None:
        grace = SCHEDULER_GRACE_SECONDS if name == "scheduler" else GRACE_SECONDS
        self.services.append(Service(name, command, env, self.place.service_logs / f"{name}.log", grace))

    def _migrate(self, env: dict[str, str]) -> None:
        stamp, current = self.place.home / "migrated", version("apache-airflow-core")
        if stamp.exists() and stamp.read_text() == current and self.place.database.exists():
            return
        log = self.place.service_logs / "db-migrate.log"
        run_once("airflow db migrate", [sys.executable, "-m", "airflow", "db", "migrate"], env, log)
        with closing(sqlite3.connect(self.place.database)) as database:
            database.execute("PRAGMA journal_mode=WAL")  # readers and a writer at once; the file remembers it
        stamp.write_text(current)

    def _ready(self) -> bool:
        self.check()
        return self.rest.is_healthy() and self._mlflow_answers()

    def _mlflow_answers(self) -> bool:
        if not self.mlflow_address:
            return True
        try:
            return httpx.get(f"{self.mlflow_address}/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _fail_abandoned_runs(self, begun: datetime) -> None:
        """A task that ran when Airflow was last killed, before ``begun``, holds its DAG back until its heartbeat times out: end
        it now. One whose time came since then is no such task."""
        active = self.rest.task_instances("", states=("running", "queued", "restarting"))
        for dag, run in {(task["dag_id"], task["dag_run_id"]) for task in active if _queued(task) < begun}:
            self.rest.fail_run(dag, run)


def _queued(task: Mapping[str, Any]) -> datetime:
    """When a task was last given to the executor; it always was before it runs."""
    moment = task["queued_when"] or task["start_date"]
    return datetime.fromisoformat(moment) if moment else datetime.min.replace(tzinfo=UTC)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def mlflow_command(port: int) -> list[str]:
    """The arguments that start MLflow's server on a port of this machine."""
    return [sys.executable, "-m", "mlflow", "server", "--host", LOOPBACK, "--port", str(port), "--workers", "1"]


def mlflow_environment(env: dict[str, str], tracking_uri: str) -> dict[str, str]:
    """The environment that it starts in. It names the database, whose URI may hold a password: everybody sees arguments."""
    own = {"MLFLOW_BACKEND_STORE_URI": tracking_uri, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    return {**env, **own, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
