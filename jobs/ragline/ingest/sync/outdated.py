"""Which staged items are outdated, because other runs have committed since the versions that they were decided on.

First come, first served: what somebody else has changed since, a staged listing does not change again. And where a newer listing
of the source, a complete one, has been committed, an older one has nothing to add: what the newer one did not touch, it saw as
the lake has it. Only what was merely read again stays true. Nothing is lost by leaving an item out: the next run compares the
source with what the lake then holds.
"""

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE, Table
from ragline.ingest.sync.staged import Staged
from ragline.lake.lake import Lake
from ragline.lake.large_columns import distinct, is_among

Versions = Mapping[str, int | None]


def outdated_items(lake: Lake, staged: Staged, newest: Versions, own: Versions) -> pa.Array:
    """Ids of the items of a staged source that must not be committed any more.

    ``newest``: the versions that the tables have by now. ``own``: those that this very work is in already.
    """
    changes = [_changes(lake, table, staged, newest[table.name], own.get(table.name)) for table in (DOCUMENTS, QUARANTINE, ITEMS)]
    changed = pa.chunked_array([chunk for rows in changes for chunk in rows["doc_id"].chunks], pa.string())
    effects = staged.effects
    is_changed = pc.or_(is_among(effects["doc_id"], changed), is_among(effects["item"], changed))
    if _is_older(staged, changes[-1]["listed_at"]):
        is_changed = pc.or_(is_changed, pc.invert(effects["is_reread"]))
    return distinct(effects["item"].filter(is_changed))


def _changes(lake: Lake, table: Table, staged: Staged, newest: int | None, own: int | None) -> pa.Table:
    """Rows of a table that others have written since the staged work began, of its source, deletions included."""
    base, names = staged.versions[table.name], ["doc_id", "source", "seq", *(["listed_at"] if table is ITEMS else [])]
    if newest is None or newest == max(base or 0, own or 0):
        return pa.schema([table.schema.field(name) for name in names]).empty_table()
    rows = lake.read(table, newest, names, since=-1 if base is None else base, with_deleted=True)
    is_own = pc.equal(rows["seq"], -1 if own is None else own)
    of_source = pc.equal(rows["source"], staged.source) if staged.source else pa.scalar(True)
    return rows.filter(pc.and_(pc.invert(is_own), of_source))


def _is_older(staged: Staged, committed: pa.ChunkedArray) -> bool:
    """Whether a complete listing that began later than the staged one is among those committed since."""
    newest: datetime | None = pc.max(committed).as_py()
    return newest is not None and staged.listed_at is not None and newest > datetime.fromisoformat(staged.listed_at)
