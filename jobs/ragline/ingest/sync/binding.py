"""Hold what ``items`` says against the documents and refusals that the lake really holds.

The tables are committed one after the other, and by several runs. A row of ``items`` counts only where each of its parts
stands in ``documents`` or in ``quarantine`` exactly as the row says; any other item is to be read again (ADR 0010).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.document_ids import INSIDE
from ragline.contracts.fingerprints import doc_id
from ragline.ingest.sync.rows import row_hash
from ragline.lake.large_columns import is_among, large, narrow, positions, whole

Row = dict[str, Any]

# Equal to no stored hash.
UNKNOWN = ""
_HASHES = ("change_marker", "content_hash", "metadata_hash", "settings_hash")


def bind(items: pa.Table, documents: pa.Table, quarantine: pa.Table) -> pa.Table:
    """The rows of ``items`` with ``part_hashes`` as the lake has them: ``UNKNOWN`` for a part that it lacks or has twice.

    An item that says anything else loses its change marker and its hashes, so that it looks as if it had never been read.
    Documents and refusals that no item accounts for become parts of the item that they are of, or of one that is made for it.
    """
    items = _with_orphans(items, documents, quarantine)
    ids, parents, said = _parts(items)
    at, refused_at = (positions(ids, among=table["doc_id"]) for table in (documents, quarantine))
    refusals = pa.array([row_hash(row) for row in quarantine.to_pylist()], pa.large_string())
    stored = pc.coalesce(
        whole(documents["row_hash"]).take(at),
        _hashes_of_old_rows(items, ids, parents, said, documents, at),
        refusals.take(refused_at),
        UNKNOWN,
    )
    stored = pc.if_else(_is_repeated(ids, documents), UNKNOWN, stored)
    is_both = pc.and_(pc.is_valid(at), pc.is_valid(refused_at))
    is_other = pc.or_(is_both, pc.or_(pc.equal(stored, UNKNOWN), pc.not_equal(stored, said)))
    hashes = pa.LargeListArray.from_arrays(_offsets(items), stored)
    bound = _set(items, "part_hashes", narrow(hashes, items.schema.field("part_hashes").type))
    return _unread(bound, parents.filter(is_other))


def _parts(items: pa.Table) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Of all parts of all items: their ids, the row of the item that each is of, and their hashes as the item says."""
    ids, said = whole(items["part_ids"]), whole(items["part_hashes"])
    return pc.list_flatten(ids), pc.list_parent_indices(ids), pc.fill_null(pc.list_flatten(said), UNKNOWN)


def _offsets(items: pa.Table) -> pa.Array:
    lengths = pc.list_value_length(items["part_ids"]).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int64())


def _hashes_of_old_rows(
    items: pa.Table, ids: pa.Array, parents: pa.Array, said: pa.Array, documents: pa.Table, at: pa.Array
) -> pa.Array:
    """What the item says, where all that a row from before ``row_hash`` shows agrees with it; null for what is no document."""
    if documents["row_hash"].null_count == 0:
        return pa.nulls(len(ids), pa.large_string())
    owners = {name: whole(items[name]).take(parents) for name in ("doc_id", "content_hash", "metadata_hash")}
    shown = {name: whole(documents[name]).take(at) for name in ("content_hash", "metadata_hash")}
    same_metadata = pc.equal(shown["metadata_hash"], owners["metadata_hash"])
    same_content = pc.or_(pc.not_equal(ids, owners["doc_id"]), pc.equal(shown["content_hash"], owners["content_hash"]))
    agrees = pc.fill_null(pc.and_(same_metadata, same_content), False)
    return pc.if_else(pc.is_valid(at), pc.if_else(agrees, said, UNKNOWN), pa.scalar(None, pa.large_string()))


def _is_repeated(ids: pa.Array, documents: pa.Table) -> pa.Array | pa.Scalar:
    """Whether the lake holds several rows of one part: which of them counts, nobody can say."""
    keys = large(documents["doc_id"])
    if pc.count_distinct(keys).as_py() == len(keys):
        return pa.scalar(False)
    counts = pc.value_counts(keys)
    return is_among(ids, counts.field("values").filter(pc.greater(counts.field("counts"), 1)))


def _unread(items: pa.Table, rows: pa.Array) -> pa.Table:
    """The items, those at ``rows`` without change marker and hashes."""
    if len(rows) == 0:
        return items
    is_unread = np.zeros(items.num_rows, dtype=bool)
    is_unread[rows.to_numpy()] = True
    for name in _HASHES:
        items = _set(items, name, pc.if_else(pa.array(is_unread), UNKNOWN, items[name]))
    return items


def _with_orphans(items: pa.Table, documents: pa.Table, quarantine: pa.Table) -> pa.Table:
    """The items, with one more part for each document or refusal of theirs that no item names."""
    orphans = _orphans(items, documents, quarantine)
    if not orphans:
        return items
    known = _known({doc_id(row["source"], name) for row in orphans for name in _owners(row["source_id"])}, items)
    made: dict[str, Row] = {}
    for row in orphans:
        names = list(_owners(row["source_id"]))
        name = next((name for name in names if doc_id(row["source"], name) in known), names[0])
        key = doc_id(row["source"], name)
        blank = {"doc_id": key, "source": row["source"], "source_id": name, "part_ids": [], "part_hashes": []}
        item = made.setdefault(key, known.get(key) or {**dict.fromkeys(_HASHES, UNKNOWN), **blank})
        if row["doc_id"] not in item["part_ids"]:
            item["part_ids"].append(row["doc_id"])
            item["part_hashes"].append(UNKNOWN)
    others = items.filter(pc.invert(is_among(items["doc_id"], pa.array(list(made), pa.large_string()))))
    return pa.concat_tables([others, pa.Table.from_pylist(list(made.values()), schema=items.schema)])


def _orphans(items: pa.Table, documents: pa.Table, quarantine: pa.Table) -> list[Row]:
    ids = pc.list_flatten(whole(items["part_ids"]))
    # The refusal of an item that cannot be read for a while stands beside the documents that it gave before.
    waiting = large(items["doc_id"].filter(pc.equal(items["change_marker"], "")))
    owned = pa.chunked_array([ids, *waiting.chunks], pa.large_string())
    columns = ["doc_id", "source", "source_id"]
    without_item = documents.filter(pc.invert(is_among(documents["doc_id"], ids)))
    refused = quarantine.filter(pc.invert(is_among(quarantine["doc_id"], owned)))
    rows: list[Row] = pa.concat_tables([without_item.select(columns), refused.select(columns)]).to_pylist()
    return rows


def _owners(source_id: str) -> Iterator[str]:
    """The ids of the items that a document may be of, the outermost first, itself last."""
    end = source_id.find(INSIDE)
    while end >= 0:
        yield source_id[:end]
        end = source_id.find(INSIDE, end + 1)
    yield source_id


def _known(ids: set[str], items: pa.Table) -> dict[str, Row]:
    found = items.filter(is_among(items["doc_id"], pa.array(sorted(ids), pa.large_string())))
    return {row["doc_id"]: row for row in found.to_pylist()}


def _set(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), values)
