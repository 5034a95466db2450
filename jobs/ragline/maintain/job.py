"""``ragline maintain``: keep the lake small and quick to open, without taking away a version that somebody reads."""

import logging
from datetime import UTC, datetime

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from ragline.contracts.tables import TABLES, Table
from ragline.errors import NothingToDo
from ragline.lake.landing import remove_served_files
from ragline.lake.migrations.migrate import remove_replaced_tables
from ragline.maintain.compaction import compact, needs_compaction
from ragline.maintain.kept_versions import kept_versions
from ragline.maintain.staging import remove_leftovers
from ragline.maintain.upkeep import checkpoint, vacuum
from ragline.runtime.run import Run

log = logging.getLogger(__name__)


def maintain(run: Run, *, retention_hours: int) -> None:
    """Compact tables of many small files, write checkpoints, remove files that no kept version needs, clear staging.

    Kept are the versions of the last ``retention_hours``, and whatever their age those that were published last and those
    that the releases were made from. Files that no commit names yet are kept as long: a running job may still commit them,
    so a retention of few hours is for a lake that nobody writes to. Tables that a migration replaced go after the same time.

    Rows keep their ``seq``, and maintenance makes commits without Ragline's metadata, so that "the newest commit of a job"
    and "what changed since" stay what they were. A table that somebody else commits to meanwhile is left for next time.

    Raises:
        NothingToDo: nothing was there to be done.
    """
    kept = kept_versions(run.lake)
    for table in TABLES.values():
        delta = run.lake.open(table)
        if delta is None:
            continue
        try:
            with run.step(table.name):
                _maintain_table(run, table, delta, kept.get(table.name, []), retention_hours)
        except DeltaError as error:
            run.count("tables left for next time")
            log.warning("Table %s was left as it is: %s", table.name, error)
    run.count("replaced tables removed", remove_replaced_tables(run.lake, retention_hours))
    run.count("staging folders removed", remove_leftovers(run.lake.uri, retention_hours))
    landing, days = run.settings.feedback.landing, run.settings.retention.deleted
    run.count("landing files removed", remove_served_files(run.lake.uri, landing, days, datetime.now(UTC)))
    if not any(run.manifest.counts.values()):
        raise NothingToDo("every table is compact, has its checkpoint, and holds no file that is not needed")


def _maintain_table(run: Run, table: Table, delta: DeltaTable, kept: list[int], retention_hours: int) -> None:
    if needs_compaction(delta):
        run.count("files compacted", compact(delta))
        run.wrote(table, delta.version())
    run.count("files removed", vacuum(delta, retention_hours, kept))
    run.count("checkpoints", checkpoint(delta))
