"""What the table ``tombstones`` says: which documents were deleted, which deletions have ended, which passages are withdrawn.

Rows are only appended, by gates that may run side by side or one after another in any order. So the row counts that speaks of
the newest documents (``as_of``), not the one written last.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import TOMBSTONES
from ragline.lake.lake import Lake
from ragline.lake.large_columns import codes, sort_rows, take_rows

# Why a row is there: a document went; what it held is there again under its own id, or under another; a document was changed.
DELETED, RETURNED, MOVED, CHANGED = "deleted", "returned", "moved", "changed"

# The columns of ``documents`` that ``held_content`` covers.
CONTENT_COLUMNS = ("content_hash", "title", "access_labels", "tenant")
_LIVE = ["doc_id", "documents_version", "deleted_at", "reason"]


def held_content(document: Mapping[str, Any]) -> str | None:
    """A hash of what a document holds, under which title, and who may see it (``CONTENT_COLUMNS``); None if its content is not
    known. Two documents of one hash can stand for each other in a search."""
    if not document["content_hash"]:
        return None
    labels = sorted(set(document["access_labels"] or ()))
    held = [document["content_hash"], document["title"] or "", labels, document["tenant"] or ""]
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()[:32]


def live_tombstones(lake: Lake, version: int | None = None) -> pa.Table:
    """The deletions that count: ``doc_id``, ``documents_version``, ``deleted_at``, ``reason``; ended ones are left out.

    ``version`` is that of the table ``tombstones`` (default: the newest). A release made of documents older than a row's
    ``documents_version`` hides the row's document. There may be several rows of one document, deleted more than once with
    another content each time; and the document may be there again, with a content that none of them had.
    """
    rows = newest_tombstones(lake.read(TOMBSTONES, version))
    return rows.filter(pc.and_(pc.is_null(rows["kept_chunk_ids"]), pc.invert(rows["ended"]))).select(_LIVE)


def newest_tombstones(rows: pa.Table) -> pa.Table:
    """Of rows of ``tombstones`` those that count, ended ones included: the newest of each document and content, and the newest
    that withdraws passages of each document."""
    rows = rows.set_column(rows.schema.get_field_index("ended"), "ended", pc.fill_null(rows["ended"], False))
    as_of = pc.coalesce(rows["as_of"], rows["documents_version"])
    rows = rows.set_column(rows.schema.get_field_index("as_of"), "as_of", as_of)
    passages = pc.is_valid(rows["kept_chunk_ids"])
    rows = rows.append_column("story", pc.if_else(passages, CHANGED, pc.fill_null(rows["content"], "")))
    rows = rows.append_column("passages", passages)
    rows = sort_rows(rows, ("as_of", "ascending"), ("seq", "ascending"))
    keys = {"doc_id": codes(rows["doc_id"]), "passages": rows["passages"], "story": codes(rows["story"])}
    keyed = pa.table({**keys, "place": pa.array(range(rows.num_rows), pa.int64())})
    newest = keyed.group_by(list(keys)).aggregate([("place", "max")])["place_max"]
    return take_rows(rows, newest.sort()).select(TOMBSTONES.schema.names)
