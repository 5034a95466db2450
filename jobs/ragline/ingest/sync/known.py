"""What the lake holds already, as far as ingest has to know it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.lake.lake import Lake

STAGE = "ingest"
_ITEM_COLUMNS = [name for name in ITEMS.schema.names if name not in ("seq", "deleted")]
_ITEMS = pa.schema([ITEMS.schema.field(name) for name in _ITEM_COLUMNS])


@dataclass(frozen=True)
class Known:
    """Items, documents and quarantined parts, at the versions the run looked at.

    ``retry_refused``: the sources' configuration or the limits changed since the last refusal, so refused items get
    another try.
    """

    versions: Mapping[str, int | None]
    items: pa.Table
    documents: pa.Table
    quarantine: pa.Table
    retry_refused: bool

    def markers(self, source: str) -> dict[str, str]:
        """Change marker by item id, of one source."""
        rows = self.items.filter(pc.equal(self.items["source"], source))
        return dict(zip(rows["source_id"].to_pylist(), rows["change_marker"].to_pylist(), strict=True))


def load_known(lake: Lake, config_fingerprint: str) -> Known:
    """Read what is known: ids, hashes and markers, no text."""
    versions = {table.name: lake.version(table) for table in (DOCUMENTS, QUARANTINE, ITEMS)}
    documents = lake.read(DOCUMENTS, versions["documents"], columns=["doc_id", "source", "source_id", "content_hash"])
    quarantine = lake.read(QUARANTINE, versions["quarantine"], filter=pc.field("stage") == STAGE)
    items = lake.read(ITEMS, versions["items"], columns=_ITEM_COLUMNS).select(_ITEM_COLUMNS)
    tried = lake.last_commit(ITEMS)
    retry = tried is not None and tried.fingerprint != config_fingerprint
    return Known(versions, pa.concat_tables([items, _without_item(items, documents)]), documents, quarantine, retry)


def _without_item(items: pa.Table, documents: pa.Table) -> pa.Table:
    """Documents that no item's row tells of, each as an item of its own: a run was killed before its last commit, or the
    lake is older than the table of items. Nothing being known of them, they are read again."""
    told = pc.list_flatten(items["part_ids"].combine_chunks()) if items.num_rows else pa.array([], pa.string())
    lost = documents.filter(pc.invert(pc.is_in(documents["doc_id"], told)))
    empty = pa.array([""] * lost.num_rows, pa.string())
    ids = lost["doc_id"].to_pylist()
    columns = [lost["doc_id"], lost["source"], lost["source_id"], empty, empty, empty, [[i] for i in ids], [[""] for _ in ids]]
    return pa.Table.from_arrays(
        [pa.chunked_array(c) if isinstance(c, pa.ChunkedArray) else pa.array(c) for c in columns], names=_ITEM_COLUMNS
    ).cast(_ITEMS)
