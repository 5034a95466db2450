"""How a run's form, its asset events and its earlier tasks become the arguments of a job."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from ragline_airflow.assets import asset
from ragline_airflow.events import RunValue, TaskValue, command_options

CHUNKS = asset("handbook", "chunks")
VERSION = {"--chunks-version": RunValue(param="chunks_version", asset=CHUNKS)}


def context(params: dict[str, Any] | None = None, *versions: int) -> dict[str, Any]:
    events = [
        SimpleNamespace(timestamp=datetime(2026, 1, day, tzinfo=UTC), extra={"version": v}) for day, v in enumerate(versions, 1)
    ]
    return {"params": {"chunks_version": None, **(params or {})}, "triggering_asset_events": {CHUNKS: events} if events else {}}


def test_without_form_or_event_the_job_takes_the_last_published() -> None:
    assert command_options(VERSION, context()) == []


def test_the_newest_of_several_events_counts() -> None:
    assert command_options(VERSION, context(None, 3, 5, 4)) == ["--chunks-version", "4"]


def test_version_0_is_a_version() -> None:
    assert command_options(VERSION, context(None, 0)) == ["--chunks-version", "0"]


def test_what_a_person_filled_in_comes_before_the_event() -> None:
    assert command_options(VERSION, context({"chunks_version": 2}, 7)) == ["--chunks-version", "2"]


def test_lists_repeat_flags_stand_alone_and_empty_values_are_left_out() -> None:
    options = {"--source": ["a", "b"], "--full-refresh": True, "--force": False, "--sample": None, "--k": 3}
    assert command_options(options, context()) == ["--source", "a", "--source", "b", "--full-refresh", "--k", "3"]


def test_an_earlier_tasks_value_is_found_by_its_path() -> None:
    ti = SimpleNamespace(xcom_pull=lambda task_ids: {"facts": {"release": 4}} if task_ids == "promote" else None)
    options = {"--release": TaskValue("promote", ("facts", "release")), "--by": TaskValue("promote", ("facts", "nobody"))}
    assert command_options(options, {**context(), "ti": ti}) == ["--release", "4"]
