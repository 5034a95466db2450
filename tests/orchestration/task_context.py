"""What Airflow hands to an operator's execute(), for one that is called without Airflow."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from ragline_airflow.assets import asset


@dataclass
class TaskInstance:
    dag_id: str = "handbook.test"
    run_id: str = "manual__2026-01-01T00:00:00+00:00"
    task_id: str = "work"
    map_index: int = -1
    try_number: int = 1
    dag_run: Any = field(
        default_factory=lambda: SimpleNamespace(logical_date=datetime(2026, 1, 1, tzinfo=UTC), conf={}, clear_number=0)
    )
    pushed: dict[str, Any] = field(default_factory=dict)

    def get_template_context(self) -> dict[str, Any]:
        return {"dag_run": self.dag_run}

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


@dataclass
class Accessor:
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class StateStore:
    kept: dict[str, Any] = field(default_factory=dict)

    def set(self, key: str, value: Any) -> None:
        self.kept[key] = value


def task_context(**params: Any) -> dict[str, Any]:
    """A hand-started run of an unmapped task's first try; its outlet is the asset ``chunks``."""
    return {
        "ti": TaskInstance(),
        "params": params,
        "triggering_asset_events": {},
        "outlet_events": {asset("handbook", "chunks"): Accessor()},
        "asset_state_store": {asset("handbook", "chunks"): StateStore()},
    }
