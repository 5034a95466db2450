"""What the lake holds already, as far as ingest compares with it: ids, hashes and change markers, no text."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.document_ids import own_name
from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.ingest.sync.binding import UNKNOWN, bind
from ragline.ingest.sync.rows import STAGE
from ragline.lake.lake import Lake
from ragline.lake.large_columns import positions, take_values

_DOCUMENT_COLUMNS = ["doc_id", "source", "source_id", "content_hash", "metadata_hash", "row_hash"]
_ITEM_COLUMNS = [name for name in ITEMS.schema.names if name not in ("listed_at", "seq", "deleted")]

# From a version of ``documents`` to the hashes of what is stored there.
ReadHashes = Callable[[int | None], pa.Table]


@dataclass(frozen=True)
class LakeState:
    """Items, documents and quarantined parts, at the table versions from which the run starts."""

    versions: Mapping[str, int | None]
    items: pa.Table
    documents: pa.Table
    quarantine: pa.Table

    def items_of(self, source: str) -> pa.Table:
        """The items of one source."""
        return self.items.filter(pc.equal(self.items["source"], source))

    def documents_of(self, source: str) -> int:
        """How many documents there are of one source."""
        return pc.sum(pc.equal(self.documents["source"], source)).as_py() or 0

    def sources_but(self, names: Iterable[str]) -> list[str]:
        """The sources that items are of, without those named."""
        return sorted(set(pc.unique(self.items["source"]).to_pylist()) - set(names))

    def change_markers(self, source: str) -> dict[str, str]:
        """Change marker by the item's own id, of one source."""
        rows = self.items_of(source)
        ids = map(own_name, rows["source_id"].to_pylist())
        return dict(zip(ids, rows["change_marker"].to_pylist(), strict=True))


def load_lake_state(lake: Lake, read_hashes: ReadHashes | None = None) -> LakeState:
    """Read the state of the lake.

    Items that do not say what the lake holds (``bind``) look as if they had never been read. ``read_hashes`` gives the hashes of
    documents from what is stored of them at a version (``doc_id``, ``row_hash``), for a run that trusts no noted hash.
    """
    versions = {table.name: lake.version(table) for table in (DOCUMENTS, QUARANTINE, ITEMS)}
    documents = lake.read(DOCUMENTS, versions["documents"], columns=_DOCUMENT_COLUMNS)
    if read_hashes:
        documents = _with_hashes(documents, read_hashes(versions["documents"]))
    quarantine = lake.read(QUARANTINE, versions["quarantine"], filter=pc.field("stage") == STAGE)
    items = lake.read(ITEMS, versions["items"], columns=_ITEM_COLUMNS).select(_ITEM_COLUMNS)
    return LakeState(versions, bind(items, documents, quarantine), documents, quarantine)


def _with_hashes(documents: pa.Table, found: pa.Table) -> pa.Table:
    """The documents with the hashes that were found; where another one was noted, none that equals anything."""
    noted = documents["row_hash"]
    hashes = take_values(found["row_hash"], positions(documents["doc_id"], among=found["doc_id"]))
    is_noted = pc.or_(pc.is_null(noted), pc.fill_null(pc.equal(noted, hashes), False))
    trusted = pc.if_else(pc.is_null(hashes), noted, pc.if_else(is_noted, hashes, UNKNOWN))
    return documents.set_column(documents.schema.get_field_index("row_hash"), "row_hash", trusted)
