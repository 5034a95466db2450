"""Bring the tables of a lake up to date with this code, once: every job does so before its own work."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.tables import APPLIED_MIGRATIONS
from ragline.errors import NewerLake
from ragline.lake.commits import Commit
from ragline.lake.files import list_files, remove_folder
from ragline.lake.lake import Lake
from ragline.lake.migrations.migration import Migration
from ragline.lake.migrations.registry import MIGRATIONS

log = logging.getLogger(__name__)


def migrate(lake: Lake, run_id: str, migrations: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """Apply what was not applied to this lake yet; return what was changed, in words (nothing, in a new lake).

    Raises:
        NewerLake: newer code has changed the tables in a way that this code does not know.
        LakeError: the lake cannot be read or written.
    """
    applied = set(lake.read(APPLIED_MIGRATIONS, columns=["number"])["number"].to_pylist())
    if unknown := applied - {migration.number for migration in migrations}:
        raise NewerLake(
            f"The lake {lake.uri} was changed by a newer Ragline (migration {max(unknown)}, which this version does not have): "
            "install that version or a later one."
        )
    changes = []
    for migration in migrations:
        if migration.number not in applied:
            made = [f"migration {migration.number}: {change}" for change in migration.apply(lake)]
            _record(lake, run_id, migration, made)
            changes += made
    for change in changes:
        log.info("%s: %s", lake.uri, change)
    return changes


def remove_replaced_tables(lake: Lake, retention_hours: int, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Remove the old tables of migrations that were applied longer ago than the retention; return how many there were.

    They are kept so long because nothing has to be undone if somebody goes back to the older code in the first days.
    """
    limit = datetime.now(UTC) - timedelta(hours=retention_hours)
    rows = lake.read(APPLIED_MIGRATIONS, columns=["number", "at"]).to_pylist()
    old_enough = {row["number"] for row in rows if row["at"] <= limit}
    replaced = [name for migration in migrations if migration.number in old_enough for name in migration.replaces]
    found = [uri for name in replaced if list_files(uri := f"{lake.uri}/{name}")]
    for uri in found:
        remove_folder(uri)
    return len(found)


def _record(lake: Lake, run_id: str, migration: Migration, changes: Sequence[str]) -> None:
    # The key makes one row of it where two runs have applied the same migration side by side.
    row = {
        "number": migration.number,
        "title": migration.title,
        "changes": list(changes),
        "run_id": run_id,
        "at": datetime.now(UTC),
        "seq": 0,
    }
    commit = Commit(fingerprint({"migration": migration.number}), run_id)
    lake.append(APPLIED_MIGRATIONS, pa.Table.from_pylist([row], schema=APPLIED_MIGRATIONS.schema), commit)
