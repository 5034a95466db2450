"""However a run ends, it leaves a manifest."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ragline.runtime.run as runs
from ragline.contracts.run_manifest import RunManifest, read_run_manifest, run_manifest_uri
from ragline.errors import ConfigError, GateFailed, LakeError, NewerLake, NothingToDo, RegistryBusy
from ragline.lake.files import read_bytes
from ragline.runtime.lineage import Lineage
from ragline.runtime.run import Run
from tests.project import Project


def raising(error: BaseException) -> Callable[..., Any]:
    def raise_it(*_: object, **__: object) -> None:
        raise error

    return raise_it


def kept(project: Project) -> RunManifest:
    content = read_bytes(run_manifest_uri(project.lake.uri, "ingest", "test"))
    assert content is not None, "no manifest"
    return read_run_manifest(content)


# What the job does, the status that its manifest has, a part of its message, and what is raised all the same.
ENDINGS: list[tuple[BaseException, str, str, type[BaseException] | None]] = [
    (NothingToDo("same as before"), "nothing_to_do", "same as before", None),
    (GateFailed("3 rows"), "gate_failed", "3 rows", None),
    (ConfigError("bad key"), "bad_input", "bad key", None),
    (LakeError("gone"), "failed", "gone", None),
    (RegistryBusy("wait"), "failed", "wait", None),
    (ZeroDivisionError("by zero"), "failed", "ZeroDivisionError: by zero", None),
    (MemoryError(), "failed", "MemoryError", None),
    (RecursionError("too deep"), "failed", "too deep", None),
    (ExceptionGroup("two", [ValueError("one"), ValueError("other")]), "failed", "two", None),
    (KeyboardInterrupt(), "failed", "interrupted", KeyboardInterrupt),
    (SystemExit(7), "failed", "SystemExit: 7", SystemExit),
    (GeneratorExit(), "failed", "GeneratorExit", GeneratorExit),
]


@pytest.mark.parametrize(("error", "status", "message", "raised"), ENDINGS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("place", ["work", "migration"])
def test_whatever_is_raised_in_the_work_or_before_it(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    error: BaseException,
    status: str,
    message: str,
    raised: type[BaseException] | None,
) -> None:
    if place == "migration":
        monkeypatch.setattr(runs, "migrate", raising(error))
    work = raising(error) if place == "work" else lambda run: None

    if raised is None:
        project.run("ingest", work)
    else:
        with pytest.raises(raised):
            project.run("ingest", work)

    assert kept(project).status == status
    assert message in kept(project).message
    assert kept(project).ended_at is not None


def test_a_run_that_is_told_to_end(project: Project) -> None:
    manifest = project.run("ingest", lambda run: os.kill(os.getpid(), signal.SIGTERM))

    assert manifest.status == kept(project).status == "failed"
    assert "told to end" in kept(project).message


@pytest.mark.parametrize(
    "transport",
    [
        {"type": "htpp", "url": "https://lineage.example"},
        {"type": "http"},
        {"url": "https://lineage.example"},
        {"type": "http", "url": "lineage.example/api"},
        {"type": "kafka", "topic": "lineage"},
        {"type": "composite", "transports": 3},
        {},
    ],
)
def test_a_transport_that_is_none_is_a_bad_configuration(project: Project, transport: dict[str, Any]) -> None:
    project.configure(lineage={"transport": transport})
    worked: list[Run] = []

    manifest = project.run("ingest", worked.append)

    assert (manifest.status, kept(project).status, worked) == ("bad_input", "bad_input", [])
    assert "lineage.transport cannot be used" in kept(project).message


def test_a_backend_that_is_down_costs_the_events_alone(project: Project) -> None:
    project.configure(lineage={"transport": {"type": "http", "url": "http://127.0.0.1:9", "timeout": 0.2, "retry": {"total": 0}}})

    assert project.run("ingest", lambda run: None).status == "done"
    assert kept(project).status == "done"


@pytest.mark.parametrize("error", [LakeError("disk full"), TypeError("no JSON"), OSError("gone")])
def test_a_last_event_that_is_lost_is_noted_and_changes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(Lineage, "end", raising(error))

    assert project.run("ingest", lambda run: None).status == "done"
    assert str(error) in kept(project).facts["lineage_lost"]


@pytest.mark.parametrize("error", [NewerLake("newer"), RuntimeError("no START")])
def test_a_first_event_that_cannot_be_made_ends_the_run_before_its_work(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(Lineage, "start", raising(error))
    worked: list[Run] = []

    project.run("ingest", worked.append)

    assert str(error) in kept(project).message
    assert worked == []


NO_PLAIN_DATA = [Path("/a"), {1, 2}, object(), b"\xff", "\udc80", float("nan")]


@pytest.mark.parametrize("fact", NO_PLAIN_DATA, ids=lambda fact: type(fact).__name__)
def test_a_fact_that_is_no_plain_data_does_not_cost_the_manifest(project: Project, fact: Any) -> None:
    def work(run: Run) -> None:
        run.manifest.facts["odd"] = fact

    assert project.run("ingest", work).status == "done"
    assert "odd" in kept(project).facts
    assert kept(project).status == "done"
