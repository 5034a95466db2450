"""Which rows count in tables without versions of keys: those that are needed by what other tables hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.retention import Of
from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, TOMBSTONES, Table
from ragline.errors import LakeError
from ragline.lake.kept_releases import kept_releases
from ragline.lake.lake import Lake
from ragline.lake.large_columns import distinct, is_among
from ragline.lake.stored_files import StoredFile
from ragline.maintain.counting_rows import FileRows, ReadColumns
from ragline.maintain.expired_content import ExpiredContent, about
from ragline.maintain.read_points import ReadPoints

Judge = Callable[[pa.RecordBatch], np.ndarray]


def texts_in_use(lake: Lake, points: Mapping[str, ReadPoints], expired: pa.Array) -> pa.Array:
    """Hashes of the texts of all chunks at every version that is read, those of documents past their deadline left out."""
    return _hashes(lake, CHUNKS, "text_hash", points, expired)


def needed_rows(table: Table, files: Sequence[StoredFile], read: ReadColumns, needed: Judge, urgent: Judge) -> list[FileRows]:
    """Judge the rows of a table: which are ``needed``; a file with one that is not and is ``urgent`` must be written anew."""
    columns = list(table.retention.key)
    columns += ["release"] if "release" in table.schema.names else []
    found = []
    for file in files:
        rows = FileRows(file, np.ones(file.rows, dtype=bool), np.zeros(file.rows, dtype=bool))
        start = 0
        for batch in read(file, columns):
            counts = needed(batch)
            rows.count[start : start + batch.num_rows] = counts
            rows.must_go |= bool((urgent(batch) & ~counts).any())
            start += batch.num_rows
        found.append(rows)
    return found


def judge_of(lake: Lake, table: Table, points: Mapping[str, ReadPoints], expired: ExpiredContent, texts: pa.Array) -> Judge:
    """What says which rows of a table without a version key are needed."""
    if table.retention.of is Of.TEXT:
        return lambda rows: _is_in(rows["text_hash"], texts)
    if table.retention.of is Of.NORMAL_TEXT:
        normal = _normal_hashes(lake, points, expired.documents)
        return lambda rows: _is_in(rows["left_hash"], normal) & _is_in(rows["right_hash"], normal)
    if table.retention.of is Of.CHUNK:
        return _judge_of_events(lake, points, expired)
    return lambda rows: np.ones(rows.num_rows, dtype=bool)


def judge_of_tombstones(lake: Lake, expired: pa.Array, *, all_gone: bool) -> Judge:
    """A tombstone is needed while a kept release is older than it; of a document that is gone, also until its deadline has passed
    and nothing of it is left (``all_gone``)."""
    oldest = min((release.inputs.get(DOCUMENTS.name, 0) for release in kept_releases(lake)), default=None)
    rows = lake.read(TOMBSTONES, columns=["doc_id", "documents_version"])
    late = rows.slice(0, 0) if oldest is None else rows.filter(pc.greater(rows["documents_version"], oldest))
    # All rows of a document go together: which of them count is decided among them.
    over = expired.filter(pc.invert(is_among(expired, late["doc_id"])))
    if not all_gone:
        over = over.slice(0, 0)
    return lambda tombstones: ~_is_in(tombstones["doc_id"], over)


def _judge_of_events(lake: Lake, points: Mapping[str, ReadPoints], expired: ExpiredContent) -> Judge:
    kept = {release.version for release in kept_releases(lake)}
    known = _hashes(lake, CHUNKS, "chunk_id", points, expired.documents)

    def needed(events: pa.RecordBatch) -> np.ndarray:
        of_kept = _is_in(events["release"], pa.array(sorted(kept), pa.int64()))
        # What neither a kept release nor the lake knows gives no pair any more, and cannot be told from what was deleted.
        judged: np.ndarray = ~about(events, expired.chunks) & (of_kept | about(events, known))
        return judged

    return needed


def _normal_hashes(lake: Lake, points: Mapping[str, ReadPoints], expired: pa.Array) -> pa.Array:
    parts = [_hashes(lake, table, "normal_hash", points, expired) for table in (DOCUMENT_STATE, CHUNK_STATE)]
    return distinct(pa.chunked_array(parts))


def _hashes(lake: Lake, table: Table, column: str, points: Mapping[str, ReadPoints], expired: pa.Array) -> pa.Array:
    found = pa.chunked_array(list(_at_each(lake, table, column, points, expired)), pa.large_string())
    return pc.drop_null(distinct(found))


def _at_each(lake: Lake, table: Table, column: str, points: Mapping[str, ReadPoints], expired: pa.Array) -> Iterator[pa.Array]:
    for version in [None, *sorted(points[table.name].versions)]:
        try:
            rows = lake.read(table, version, columns=[column, "doc_id"])
        except LakeError:
            if version is None:
                raise
            continue  # a version that has expired, or that a killed run only meant to make
        rows = rows.filter(pc.invert(is_among(rows["doc_id"], expired)))
        yield distinct(rows[column])


def _is_in(values: pa.Array, wanted: pa.Array) -> np.ndarray:
    found: np.ndarray = is_among(values, wanted).to_numpy(zero_copy_only=False)
    return found
