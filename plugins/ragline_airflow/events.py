"""Values that a DAG run carries: from the form or the asset event that started it, or from its tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow.sdk import Asset

from ragline.contracts.names import safe_run_id

Options = Mapping[str, Any]


@dataclass(frozen=True)
class RunValue:
    """A parameter that a person filled in, else a value of the newest event of an asset, else nothing.

    Events name the exact version that was published; without one the job takes the last published.
    """

    param: str | None = None
    asset: Asset | None = None
    key: str = "version"

    def resolve(self, context: Mapping[str, Any]) -> Any:
        """The value in this run, or None."""
        given = context["params"].get(self.param) if self.param else None
        if given not in (None, "", []):
            return given
        event = newest_event(context, self.asset) if self.asset else None
        return None if event is None else event.get(self.key)


@dataclass(frozen=True)
class TaskValue:
    """A value that an earlier task of the run returned, by its path: ``("inputs", "release")``."""

    task_id: str
    path: tuple[str, ...]

    def resolve(self, context: Mapping[str, Any]) -> Any:
        """The value in this run, or None."""
        value = context["ti"].xcom_pull(task_ids=self.task_id)
        for key in self.path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True)
class DagRunName:
    """The run's own name, fit for a folder: what tasks of one run hand to each other is kept under it."""

    def resolve(self, context: Mapping[str, Any]) -> str:
        """The name in this run."""
        return safe_run_id(context["ti"].run_id)


def newest_event(context: Mapping[str, Any], asset: Asset) -> Mapping[str, Any] | None:
    """``extra`` of the newest of the events of an asset that started this run, or None."""
    events = [event for key, found in context["triggering_asset_events"].items() if key.uri == asset.uri for event in found]
    return max(events, key=lambda event: event.timestamp).extra if events else None


def command_options(options: Options, context: Mapping[str, Any]) -> list[str]:
    """Options as argv: None and False leave one out, True is a flag, a list repeats it."""
    argv: list[str] = []
    for name, value in options.items():
        resolved = value.resolve(context) if isinstance(value, RunValue | TaskValue | DagRunName) else value
        if resolved is None or resolved is False:
            continue
        if resolved is True:
            argv.append(name)
        elif isinstance(resolved, Sequence) and not isinstance(resolved, str):
            argv.extend(part for item in resolved for part in (name, str(item)))
        else:
            argv.extend((name, str(resolved)))
    return argv
