"""``ragline maintain``: keep the lake small and quick to open, carry out retention, take away no version that somebody reads."""

import logging
from datetime import UTC, datetime, timedelta

from deltalake.exceptions import DeltaError

from ragline.config.retention import RetentionSettings
from ragline.contracts.tables import CHUNKS, TABLES, TOMBSTONES, Table
from ragline.errors import LakeError, NothingToDo
from ragline.lake.landing import remove_served_files
from ragline.lake.large_columns import whole
from ragline.lake.migrations.migrate import remove_replaced_tables
from ragline.lake.retention import documents_past_deadline
from ragline.maintain.caches import remove_old_caches
from ragline.maintain.compaction import Terms
from ragline.maintain.expired_content import find_expired_content
from ragline.maintain.needed_rows import texts_in_use
from ragline.maintain.read_points import read_points
from ragline.maintain.reports import clear_reports
from ragline.maintain.staging import remove_leftovers
from ragline.maintain.table_upkeep import Upkeep
from ragline.runtime.run import Run

log = logging.getLogger(__name__)

# Chunks after what is found by their ids and texts, and tombstones when nothing is left of what they are of.
_LAST = (CHUNKS, TOMBSTONES)


def maintain(run: Run, *, retention_hours: int) -> None:
    """Compact tables, write checkpoints, remove rows that do not count and files that no kept version needs, clear staging.

    Kept are the versions of the last ``retention_hours``, and whatever their age those that were published last and those
    that the kept releases were made from. Files that no commit names yet are kept as long: a running job may still commit them,
    so a retention of few hours is for a lake that nobody writes to. Tables that a migration replaced go after the same time.

    Of documents that are past their deadline (``retention.deleted``) nothing is kept in any table and any version.

    Rows keep their ``seq``, and maintenance makes commits that are no job's, so that "the newest commit of a job" and "what
    changed since" stay what they were. A table that somebody else commits to meanwhile is left for next time.

    Raises:
        NothingToDo: nothing was there to be done.
    """
    now = datetime.now(UTC)
    upkeep = _upkeep(run, now, retention_hours)
    for table in (*(table for table in TABLES.values() if table not in _LAST), *_LAST):
        if run.lake.version(table) is not None:
            _maintain_table(run, upkeep, table)
    run.count("replaced tables removed", remove_replaced_tables(run.lake, retention_hours))
    run.count("staging folders removed", remove_leftovers(run.lake.uri, retention_hours))
    run.count("reports cleared", clear_reports(run.lake.uri, run.settings.retention, now))
    if run.settings.file is not None:  # settings that come from no project have no folder of one
        run.count("copies of sources removed", remove_old_caches(run.settings.root, run.settings.retention, now))
    landing, days = run.settings.feedback.landing, run.settings.retention.deleted
    run.count("landing files removed", remove_served_files(run.lake.uri, landing, days, now))
    if not any(run.manifest.counts.values()):
        raise NothingToDo("every table is compact, has its checkpoint, and holds no row and no file that is not needed")


def _upkeep(run: Run, now: datetime, retention_hours: int) -> Upkeep:
    retention = run.settings.retention
    points = read_points(run.lake, now - timedelta(hours=retention_hours))
    past = whole(documents_past_deadline(run.lake, retention, now)["doc_id"])
    texts = texts_in_use(run.lake, points, past)
    return Upkeep(run, points, find_expired_content(run.lake, past, texts), texts, _terms(retention, now), retention_hours)


def _terms(retention: RetentionSettings, now: datetime) -> Terms:
    # A row that no longer counts may be of a document that is gone: it stays no longer than that may.
    oldest = now - timedelta(days=min(retention.superseded, retention.deleted))
    return Terms(retention.dead_share, int(oldest.timestamp() * 1000))


def _maintain_table(run: Run, upkeep: Upkeep, table: Table) -> None:
    try:
        with run.step(table.name):
            upkeep.maintain(table)
    except (DeltaError, LakeError) as error:
        upkeep.complete = False
        run.count("tables left for next time")
        log.warning("Table %s was left as it is: %s", table.name, error)
