"""What the lake holds already, as far as ingest compares with it: ids, hashes and change markers, no text."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.lake.lake import Lake

# The rows of ``quarantine`` that are ingest's; other stages write theirs into the same table.
STAGE = "ingest"
_ITEM_COLUMNS = [name for name in ITEMS.schema.names if name not in ("seq", "deleted")]
_ITEMS = pa.schema([ITEMS.schema.field(name) for name in _ITEM_COLUMNS])


@dataclass(frozen=True)
class LakeState:
    """Items, documents and quarantined parts, at the table versions from which the run starts.

    ``retry_refused``: the sources' configuration or the limits changed since the last commit, so refused items get
    another try.
    """

    versions: Mapping[str, int | None]
    items: pa.Table
    documents: pa.Table
    quarantine: pa.Table
    retry_refused: bool

    def change_markers(self, source: str) -> dict[str, str]:
        """Change marker by item id, of one source."""
        rows = self.items.filter(pc.equal(self.items["source"], source))
        return dict(zip(rows["source_id"].to_pylist(), rows["change_marker"].to_pylist(), strict=True))


def load_lake_state(lake: Lake, config_fingerprint: str) -> LakeState:
    """Read the state of the lake; ``config_fingerprint`` is that of the configuration which the run has."""
    versions = {table.name: lake.version(table) for table in (DOCUMENTS, QUARANTINE, ITEMS)}
    documents = lake.read(DOCUMENTS, versions["documents"], columns=["doc_id", "source", "source_id", "content_hash"])
    quarantine = lake.read(QUARANTINE, versions["quarantine"], filter=pc.field("stage") == STAGE)
    items = lake.read(ITEMS, versions["items"], columns=_ITEM_COLUMNS).select(_ITEM_COLUMNS)
    last = lake.last_commit(ITEMS)
    retry = last is not None and last.fingerprint != config_fingerprint
    return LakeState(versions, pa.concat_tables([items, _items_of_orphans(items, documents)]), documents, quarantine, retry)


def _items_of_orphans(items: pa.Table, documents: pa.Table) -> pa.Table:
    """An item for each document that belongs to none: a run was killed before it committed ``items``, or the lake is older
    than that table. With an empty change marker and an empty hash such an item is read again."""
    owned = pc.list_flatten(items["part_ids"].combine_chunks()) if items.num_rows else pa.array([], pa.string())
    orphans = documents.filter(pc.invert(pc.is_in(documents["doc_id"], owned)))
    rows = [
        {
            **{name: orphan[name] for name in ("doc_id", "source", "source_id")},
            **dict.fromkeys(("change_marker", "content_hash", "metadata_hash"), ""),
            "part_ids": [orphan["doc_id"]],
            "part_hashes": [""],
        }
        for orphan in orphans.select(["doc_id", "source", "source_id"]).to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=_ITEMS)
