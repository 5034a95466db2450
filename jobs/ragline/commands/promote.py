"""``ragline promote``."""

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides, RunId
from ragline.commands.running import run_job, say
from ragline.errors import ConfigError, StaleVerdict

if TYPE_CHECKING:
    from ragline.runtime.run import Run


def promote(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    release: Annotated[str | None, typer.Option(help="Alias or version; default: the newest release.")] = None,
    approved_by: Annotated[str | None, typer.Option(help="Who decided to promote it although the verdict asks.")] = None,
    rejected_by: Annotated[str | None, typer.Option(help="Who decided not to promote it.")] = None,
    reason: Annotated[str, typer.Option(help="Why it is rejected; kept in the audit table.")] = "",
) -> None:
    """Make a release the champion if its verdict allows it, or record that a person rejects it."""

    def work(run: "Run") -> None:
        if approved_by is not None and rejected_by is not None:
            raise ConfigError("A release is either approved or rejected: give --approved-by or --rejected-by, not both.")
        if reason and rejected_by is None:
            raise ConfigError("--reason says why a release is rejected: give --rejected-by NAME with it.")
        if rejected_by is None:
            _promote(run, release, approved_by)
            return
        from ragline.promote.job import reject as job

        job(run, release=release, rejected_by=rejected_by, reason=reason)

    _, manifest = run_job("promote", config, overrides, run_id, work)
    say(manifest.message)


def _promote(run: "Run", release: str | None, approved_by: str | None) -> None:
    """Promote, after evaluating again what was compared with a champion that no longer serves."""
    from ragline.evaluate.job import evaluate as evaluate_job
    from ragline.promote.job import promote as job

    for evaluations_left in (2, 1, 0):
        try:
            job(run, release=release, approved_by=approved_by)
            return
        except StaleVerdict as stale:
            if not evaluations_left:
                raise
            logging.getLogger(__name__).info("%s Evaluating again.", stale)
        release = str(run.manifest.facts["release"])
        evaluate_job(run, release=release, judgments=None, run_file=None)
