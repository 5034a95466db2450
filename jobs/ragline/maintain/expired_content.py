"""What belongs to documents past their deadline, by each of the keys that tables are found by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.retention import Of
from ragline.contracts.tables import CHUNK_STATE, CHUNKS, TRAINING_PAIRS, Table
from ragline.lake.lake import Lake
from ragline.lake.large_columns import distinct, is_among, large
from ragline.maintain.counting_rows import holding_columns, is_named, of_documents

_NO_IDS = pa.array([], pa.large_string())


@dataclass(frozen=True)
class ExpiredContent:
    """Ids of documents past their deadline, of their chunks, and the hashes of texts that they alone held."""

    documents: pa.Array
    chunks: pa.Array
    texts: pa.Array

    def columns(self, table: Table) -> list[str]:
        """The columns that ``held_by`` looks at; none if rows of the table hold nothing of documents."""
        if table.retention.of in (Of.DELETION, Of.HISTORY, Of.NORMAL_TEXT):
            return []
        deleted = ["deleted"] if "deleted" in table.schema.names else []
        return [*holding_columns(table), *deleted]

    def held_by(self, table: Table, rows: pa.RecordBatch) -> np.ndarray:
        """Which rows hold something of these documents. A deletion marker that has nothing but an id holds nothing."""
        if table.retention.of is Of.TEXT:
            return _is_in(rows["text_hash"], self.texts)
        if table.retention.of is Of.CHUNK:
            return about(rows, self.chunks)
        found = of_documents(table, rows, self.documents)
        if "deleted" in rows.schema.names:
            marker = pc.fill_null(rows["deleted"], False).to_numpy(zero_copy_only=False)
            found &= ~marker | is_named(rows)
        return found


def find_expired_content(lake: Lake, documents: pa.Array, texts_in_use: pa.Array) -> ExpiredContent:
    """What the lake still holds of these documents. ``texts_in_use``: hashes of texts that others hold, too."""
    if not len(documents):
        return ExpiredContent(_NO_IDS, _NO_IDS, _NO_IDS)
    of_them = pc.field("doc_id").isin(documents)
    chunks = lake.dataset(CHUNKS).to_table(columns=["chunk_id", "text_hash"], filter=of_them)
    ids = [chunks["chunk_id"], lake.dataset(CHUNK_STATE).to_table(columns=["chunk_id"], filter=of_them)["chunk_id"]]
    hashes = pc.drop_null(distinct(chunks["text_hash"]))
    alone = hashes.filter(pc.invert(is_among(hashes, texts_in_use)))
    return ExpiredContent(documents, _distinct([*ids, _paired_chunks(lake, documents)]), alone)


def about(events: pa.RecordBatch | pa.Table, chunks: pa.Array) -> np.ndarray:
    """Which feedback events are about one of these chunks: it was chosen, or, where nothing was, it was shown."""
    chosen = _lists_any(events["clicked"], chunks) | _lists_any(events["corrected"], chunks)
    chose = np.zeros(events.num_rows, dtype=bool)
    for name in ("clicked", "corrected"):
        chose |= pc.fill_null(pc.greater(pc.list_value_length(events[name]), 0), False).to_numpy(zero_copy_only=False)
    found: np.ndarray = chosen | (~chose & _lists_any(events["ranked"], chunks))
    return found


def _paired_chunks(lake: Lake, documents: pa.Array) -> pa.ChunkedArray:
    """Ids of chunks of these documents that only training pairs still name."""
    names = ["doc_id", "provenance"]
    if "doc_id" not in lake.dataset(TRAINING_PAIRS).schema.names:
        return pa.chunked_array([_NO_IDS])
    pairs = lake.dataset(TRAINING_PAIRS).to_table(columns=names, filter=pc.field("doc_id").isin(documents))
    found = pc.extract_regex(pairs["provenance"], r'"chunk_id": "(?P<chunk>[^"]*)"')
    return pc.struct_field(found, "chunk") if pairs.num_rows else pa.chunked_array([_NO_IDS])


def _lists_any(lists: pa.Array | pa.ChunkedArray, wanted: pa.Array) -> np.ndarray:
    column = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    hit = _is_in(column.flatten(), wanted)
    found = np.zeros(len(column), dtype=bool)
    found[np.unique(pc.list_parent_indices(column).to_numpy(zero_copy_only=False)[hit])] = True
    return found


def _is_in(values: pa.Array, wanted: pa.Array) -> np.ndarray:
    found: np.ndarray = is_among(values, wanted).to_numpy(zero_copy_only=False)
    return found


def _distinct(columns: Sequence[pa.ChunkedArray]) -> pa.Array:
    chunks = [large(chunk) for column in columns for chunk in column.chunks]
    return pc.drop_null(distinct(pa.chunked_array(chunks, pa.large_string())))
