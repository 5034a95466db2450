"""Load the settings, run a job, say how it ended."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ragline.contracts.redaction import redacted
from ragline.runtime.shown_text import shown_json, shown_lines

if TYPE_CHECKING:
    from ragline.config.settings import Settings
    from ragline.runtime.run import Run

_MANY_COUNTS = 8


def load(config: Path | None, overrides: list[str] | None) -> "Settings":
    """The settings of a pipeline, from its file, the environment and ``--set``."""
    from ragline.config.loader import load_settings
    from ragline.runtime.private_files import keep_private

    settings = load_settings(config, overrides or [])
    keep_private(settings.root, settings.lake.uri)
    return settings


def run_job(
    job: str, config: Path | None, overrides: list[str] | None, run_id: str | None, work: "Callable[[Run], None]", part: str = ""
) -> "tuple[Settings, Any]":
    """Load the settings, run one job, and leave with its exit code unless it succeeded. ``part`` as in ``execute``."""
    from ragline.contracts.names import safe_run_id
    from ragline.runtime.run import execute, exit_code

    settings = load(config, overrides)
    name = safe_run_id(run_id if run_id is not None else f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}")
    manifest = execute(job, settings, name, work, part)
    if code := exit_code(manifest):
        raise typer.Exit(code)
    # Of many counts (maintenance has a dozen) those that are zero hide the others.
    shown = {what: number for what, number in manifest.counts.items() if number or len(manifest.counts) <= _MANY_COUNTS}
    summary = ", ".join(f"{number:,} {what}" for what, number in shown.items())
    say(f"{job}: done in {manifest.wall_seconds:.1f} s" + (f": {summary}" if summary else ""), err=True)
    return settings, manifest


def say(text: str, *, err: bool = False) -> None:
    """Print a sentence, on standard error with ``err``. What would act on a terminal is spelled out."""
    typer.echo(shown_lines(redacted(text)), err=err)


def print_json(value: Any) -> None:
    """Print plain data for programs: indented, with letters as they are."""
    typer.echo(shown_json(value))
