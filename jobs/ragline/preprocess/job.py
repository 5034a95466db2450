"""preprocess: published ``documents`` → ``chunks``, and beside them the state that the next run starts from."""

import logging

from ragline.config.fingerprints import preprocess_fingerprint
from ragline.errors import CommitConflict
from ragline.preprocess.chunking.encoder_limit import check_encoder_limit
from ragline.preprocess.plan import make_plan
from ragline.preprocess.protection.protector import unavailable_kinds
from ragline.runtime.run import Run
from ragline.spark.placement import require_spark

log = logging.getLogger(__name__)

_ATTEMPTS = 3


def preprocess(run: Run, *, documents_version: int | None, full_refresh: bool) -> None:
    """Bring the chunks up to a published documents version (default: the last one).

    Raises:
        MissingInput: no such version is published.
        NothingToDo: the chunks are what this run would make.
        ConfigError: the model is missing, or reads fewer tokens than a chunk may have.
        CommitConflict: other runs kept committing to the same tables.
    """
    check_encoder_limit(run.settings)
    _warn_of_unavailable_kinds(run)
    fingerprint = preprocess_fingerprint(run.settings)

    def attempt() -> None:
        plan = make_plan(run.lake, fingerprint, documents_version, full_refresh=full_refresh)
        require_spark(run, "preprocess")
        # Only now: a run that has nothing to do is over before Spark is imported.
        from ragline.preprocess.spark_run import carry_out

        carry_out(run, plan)

    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except CommitConflict as conflict:
            log.warning("%s Starting over from the newest versions.", conflict)
    return attempt()


def _warn_of_unavailable_kinds(run: Run) -> None:
    if kinds := unavailable_kinds(run.settings.preprocess.personal_data):
        run.manifest.facts["personal_data_not_looked_for"] = list(kinds)
        log.warning("Personal data: %s not looked for, no model for it is installed.", " and ".join(kinds))
