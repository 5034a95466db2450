"""Run one job, with its manifest, its lineage events and its exit code.

A job is a function that takes a ``Run``, on which it records what it read, wrote, counted and dropped. ``execute`` calls it
and writes the manifest and the lineage events.
"""

import json
import logging
import platform
import resource
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import ragline
from ragline.config.settings import Settings
from ragline.contracts.redaction import redacted, redacted_value
from ragline.contracts.run_manifest import DatasetUse, RunManifest, Status, run_manifest_uri
from ragline.contracts.tables import Table
from ragline.errors import (
    EXIT_BAD_INPUT,
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_GATE_FAILED,
    EXIT_NOTHING_TO_DO,
    NothingToDo,
    RaglineError,
)
from ragline.lake.files import write_bytes
from ragline.lake.lake import Lake
from ragline.lake.migrations.migrate import migrate
from ragline.runtime.engine import forget_engine
from ragline.runtime.lineage import Lineage
from ragline.runtime.quiet import quiet_libraries
from ragline.runtime.termination import Terminated, raised_on_termination

log = logging.getLogger(__name__)

_STATUS: dict[int, Status] = {
    EXIT_DONE: "done",
    EXIT_NOTHING_TO_DO: "nothing_to_do",
    EXIT_GATE_FAILED: "gate_failed",
    EXIT_BAD_INPUT: "bad_input",
    EXIT_FAILED: "failed",
}
_REPORTED_PACKAGES = ("deltalake", "pyarrow", "pyspark", "sentence-transformers", "torch", "faiss-cpu", "tantivy", "mlflow")


@dataclass
class Run:
    """The context of a job: its settings, the lake, the lineage, and the manifest that records what it does."""

    job: str
    run_id: str
    settings: Settings
    lake: Lake
    manifest: RunManifest
    lineage: Lineage

    def read(self, name: Table | str, version: int | None = None, rows: int | None = None) -> None:
        """Record a dataset that was read."""
        self.manifest.inputs.append(_use(name, version, rows))

    def wrote(self, name: Table | str, version: int | None = None, rows: int | None = None) -> None:
        """Record a dataset that was written."""
        self.manifest.outputs.append(_use(name, version, rows))

    def count(self, what: str, number: int = 1) -> None:
        """Add to a counter of the manifest."""
        self.manifest.counts[what] = self.manifest.counts.get(what, 0) + number

    def drop(self, reason: str, number: int = 1) -> None:
        """Count items that were left out, by reason."""
        self.manifest.drops[reason] = self.manifest.drops.get(reason, 0) + number

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the seconds that a part of the work takes to the manifest's timings, under its name."""
        start = time.monotonic()
        log.info("%s …", name)
        try:
            yield
        finally:
            elapsed = round(time.monotonic() - start, 3)
            self.manifest.timings[name] = self.manifest.timings.get(name, 0) + elapsed


def _use(name: Table | str, version: int | None, rows: int | None) -> DatasetUse:
    return DatasetUse(name=name.name if isinstance(name, Table) else name, version=version, rows=rows)


def execute(job: str, settings: Settings, run_id: str, work: Callable[[Run], None], part: str = "") -> RunManifest:
    """Run a job and write its manifest, however it ends. A lake that older code wrote is migrated first.

    An error becomes the manifest's status and message; only interrupts, and whatever else is no ``Exception``, are raised when
    the manifest is written. ``part`` is what lineage tells runs of one job apart by.
    ``exit_code(manifest)`` is the exit code for the process.
    """
    quiet_libraries()
    forget_engine()
    started = time.monotonic()
    manifest = RunManifest(job=job, pipeline=settings.pipeline, run_id=run_id, started_at=datetime.now(UTC).isoformat())
    run = Run(job, run_id, settings, Lake(settings.lake.uri), manifest, Lineage(settings, job, run_id, part))
    code, message, passed_on = _run_job(run, work)
    manifest.status, manifest.message = _STATUS[code], redacted(message)
    manifest.ended_at = datetime.now(UTC).isoformat()
    manifest.wall_seconds = round(time.monotonic() - started, 3)
    manifest.cpu_seconds, manifest.peak_memory_bytes = _resource_usage()
    manifest.versions = _package_versions()
    _end_lineage(run)
    _write_manifest(run)
    if passed_on is not None:
        raise passed_on
    return manifest


def exit_code(manifest: RunManifest) -> int:
    """Get the exit code of a manifest's status."""
    return next(code for code, status in _STATUS.items() if status == manifest.status)


def _run_job(run: Run, work: Callable[[Run], None]) -> tuple[int, str, BaseException | None]:
    """Run the job; return its exit code, its message, and what is to be raised once the manifest is written."""
    try:
        with raised_on_termination():
            run.lineage.start()
            if changes := migrate(run.lake, run.run_id):
                run.manifest.facts["migrations"] = changes
            work(run)
    except NothingToDo as reason:
        log.info("%s: nothing to do: %s", run.job, reason)
        return EXIT_NOTHING_TO_DO, str(reason), None
    except RaglineError as error:
        log.error("%s: %s", run.job, error)
        return error.exit_code, str(error), None
    except Terminated:
        log.error("%s was told to end", run.job)
        return EXIT_FAILED, "It was told to end before it was done: its task was stopped, or took longer than it may.", None
    except Exception as error:
        log.error("%s failed:\n%s", run.job, traceback.format_exc())
        return EXIT_FAILED, f"{type(error).__name__}: {error}", None
    except KeyboardInterrupt as interrupt:
        return EXIT_FAILED, "It was interrupted before it was done.", interrupt
    except BaseException as end:  # a library that ends the process, say
        return EXIT_FAILED, f"It was ended before it was done: {type(end).__name__}: {end}", end
    return EXIT_DONE, run.manifest.message, None


def _end_lineage(run: Run) -> None:
    """Emit the last event. Whatever goes wrong with it is noted in the manifest, and changes nothing about how the job ended."""
    try:
        run.lineage.end(run.manifest)
    except Exception as error:  # what was done is done, and the manifest has to say so
        log.warning("The last lineage event was lost: %s", redacted(f"{type(error).__name__}: {error}"))
        run.manifest.facts["lineage_lost"] = f"{type(error).__name__}: {error}"


def _write_manifest(run: Run) -> None:
    """Write the manifest, without credentials. If that fails, the job's own error stays in it."""
    try:
        stored = redacted_value(json.loads(_as_json(run.manifest)))
        uri = run_manifest_uri(run.lake.uri, run.job, run.run_id)
        write_bytes(uri, json.dumps(stored, indent=2, ensure_ascii=False).encode(errors="backslashreplace"))
    except (RaglineError, OSError) as error:
        log.error("The run manifest could not be written: %s", error)
        if run.manifest.status in ("done", "nothing_to_do"):
            run.manifest.status, run.manifest.message = "failed", f"The run manifest could not be written: {error}"


def _as_json(manifest: RunManifest) -> str:
    """The manifest as JSON; a fact that is no plain data is written as text: it must not cost the manifest."""
    try:
        return manifest.model_dump_json(fallback=str)
    except ValueError:  # bytes or halves of characters that are no text
        return json.dumps(manifest.model_dump(), default=str)


def _resource_usage() -> tuple[float, int]:
    """CPU seconds of this process and its ended children, and its own peak memory and the largest child's together, in bytes."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return round(cpu, 3), (own.ru_maxrss + children.ru_maxrss) * 1024


def _package_versions() -> dict[str, str]:
    found = {"ragline": ragline.__version__, "python": platform.python_version()}
    for package in _REPORTED_PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
