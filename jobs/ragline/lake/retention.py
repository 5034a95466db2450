"""Which documents are gone for so long that nothing of them is kept any longer."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.retention import RetentionSettings
from ragline.contracts.tables import DOCUMENTS, TIMESTAMP, TOMBSTONES
from ragline.lake.lake import Lake
from ragline.lake.large_columns import codes, is_among, sort_rows, take_rows
from ragline.lake.publications import last_published

PAST_DEADLINE = pa.schema([("doc_id", pa.string()), ("deleted_at", TIMESTAMP)])


def documents_past_deadline(lake: Lake, retention: RetentionSettings, now: datetime) -> pa.Table:
    """``doc_id``, ``deleted_at`` of the documents that were deleted ``retention.deleted`` days ago or earlier and are still gone.

    A deletion counts once it is public: it has a tombstone, or the version of ``documents`` that has it is published. So what
    a gate stopped because it would delete too much is kept.
    """
    gone = deleted_documents(lake)
    limit = pa.scalar(now - timedelta(days=retention.deleted), TIMESTAMP)
    return gone.filter(pc.less_equal(gone["deleted_at"], limit))


def deleted_documents(lake: Lake) -> pa.Table:
    """``doc_id``, ``deleted_at`` of every document whose deletion is public and that is not there now: its newest deletion."""
    rows = lake.read(DOCUMENTS, columns=["doc_id", "deleted_at", "seq", "deleted"], with_deleted=True)
    published = last_published(lake, DOCUMENTS.name)
    public = pc.less_equal(rows["seq"], -1 if published is None else published.version)
    stored = rows.filter(pc.and_(rows["deleted"], public)).select(PAST_DEADLINE.names)
    live = rows.filter(pc.invert(rows["deleted"]))["doc_id"]
    announced = lake.read(TOMBSTONES, columns=PAST_DEADLINE.names).select(PAST_DEADLINE.names)
    announced = announced.filter(pc.invert(is_among(announced["doc_id"], live)))
    both = sort_rows(pa.concat_tables([stored.cast(PAST_DEADLINE), announced.cast(PAST_DEADLINE)]), ("deleted_at", "descending"))
    newest = np.unique(codes(both["doc_id"]).to_numpy(), return_index=True)[1]  # the first row of each document
    return take_rows(both, pa.array(newest))
