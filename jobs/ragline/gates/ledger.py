"""What became of every document and chunk, told from ids and numbers alone: no text is read.

The rows that count of four tables side by side: ``chunks``, the ``documents`` they were made from, and the ``outcomes`` and
``passages`` that preprocess left of the same run. All rows of a document are in one place, so that each place can tell for
itself, and what they tell adds up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, Table
from ragline.gates.inspection import Inspection
from ragline.gates.tally import PARTIAL, Tally
from ragline.lake.stored_rows import Range, rows_here
from ragline.spark.schemas import ddl, ddl_type
from ragline.spark.stored_rows import stored_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What is read of each table.
_COLUMNS = {
    CHUNKS.name: ("doc_id", "chunk_id", "token_count", "language"),
    DOCUMENTS.name: ("doc_id",),
    DOCUMENT_STATE.name: ("doc_id", "outcome", "chunk_count"),
    CHUNK_STATE.name: ("doc_id", "kept_id"),
}
_LEDGER = pa.schema(
    [
        ("table", pa.string()),
        ("doc_id", pa.string()),
        ("seq", pa.int64()),
        ("chunk_id", pa.string()),
        ("token_count", pa.int32()),
        ("language", pa.string()),
        ("outcome", pa.string()),
        ("chunk_count", pa.int32()),
        ("kept_id", pa.string()),
    ]
)
LANGUAGE, OUTCOME = "language:", "outcome:"
# A task holds its part of the ledger in memory.
_ROWS_PER_TASK = 500_000


@dataclass(frozen=True)
class Entries:
    """Which rows of a table belong into the ledger."""

    table: Table
    version: int | None
    rows: Range


@dataclass(frozen=True)
class Account:
    """``_LEDGER`` rows in, all of each document together; ``PARTIAL`` out.

    ``max_tokens``: what a chunk may have. ``made_of``: the documents version that each chunks version was made from.
    """

    max_tokens: int
    made_of: tuple[tuple[int, int], ...]

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs in executors, or here."""
        # Spark says of a column of constants that it is never null.
        rows = pa.Table.from_batches((batch.cast(_LEDGER) for batch in batches), schema=_LEDGER)
        parts = {name: rows.filter(pc.equal(rows["table"], name)) for name in _COLUMNS}
        tally = Tally()
        self._chunks(parts[CHUNKS.name], parts[DOCUMENTS.name], tally)
        _documents(parts[DOCUMENTS.name], parts[CHUNKS.name], parts[DOCUMENT_STATE.name], tally)
        tally.add("passages", parts[CHUNK_STATE.name].num_rows)
        tally.add("copied_passages", parts[CHUNK_STATE.name].num_rows - parts[CHUNK_STATE.name]["kept_id"].null_count)
        yield tally.batch()

    def _chunks(self, chunks: pa.Table, documents: pa.Table, tally: Tally) -> None:
        tally.add("rows", chunks.num_rows)
        tally.add("tokens", pc.sum(chunks["token_count"]).as_py() or 0)
        tally.found("over_max_tokens", _ids(chunks, pc.greater(chunks["token_count"], self.max_tokens)))
        for found in chunks["language"].value_counts().to_pylist():
            tally.add(LANGUAGE + (found["values"] or ""), found["counts"])
        place = pc.index_in(chunks["doc_id"], documents["doc_id"].combine_chunks())
        tally.found("orphans", _ids(chunks, pc.is_null(place)))
        tally.found("stale", _ids(chunks, pc.greater(documents["seq"].take(place), self._made_of(chunks["seq"]))))

    def _made_of(self, seq: pa.ChunkedArray) -> pa.Array:
        """A chunks version that nothing is known of is taken for the newest."""
        known = dict(self.made_of)
        versions = seq.unique().to_pylist()
        newest = max(known.values(), default=0)
        made = pa.array([known.get(version, newest) for version in versions], pa.int64())
        return made.take(pc.index_in(seq, pa.array(versions, pa.int64())))


def _documents(documents: pa.Table, chunks: pa.Table, outcomes: pa.Table, tally: Tally) -> None:
    ids = documents["doc_id"]
    counted = chunks["doc_id"].value_counts()
    here = pc.fill_null(_looked_up(ids, counted.field("values"), counted.field("counts")), 0)
    outcome = _looked_up(ids, outcomes["doc_id"], outcomes["outcome"])
    told = _looked_up(ids, outcomes["doc_id"], outcomes["chunk_count"])
    tally.add("documents", documents.num_rows)
    tally.found("documents_without_outcome", ids.filter(pc.is_null(outcome)))
    tally.found("miscounted_documents", ids.filter(pc.fill_null(pc.not_equal(told, here), False)))
    lost = pc.equal(here, 0)
    tally.found("lost_documents", ids.filter(lost))
    for found in outcome.filter(lost).value_counts().to_pylist():
        tally.add(OUTCOME + (found["values"] or "unknown"), found["counts"])


def _looked_up(ids: pa.ChunkedArray, keys: pa.Array | pa.ChunkedArray, values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    place = pc.index_in(ids, keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys)
    return pa.chunked_array([values]).take(place) if isinstance(values, pa.Array) else values.take(place)


def _ids(chunks: pa.Table, mask: pa.ChunkedArray) -> pa.ChunkedArray:
    return chunks["chunk_id"].filter(pc.fill_null(mask, False))


def read_ledger(inspection: Inspection, entries: list[Entries], account: Account) -> Tally:
    """The account of all entries, and which chunk ids are there more than once."""
    tally = Tally()
    if spark := inspection.spark:
        _in_spark(spark, inspection, entries, account, tally)
    else:
        _here(inspection, entries, account, tally)
    return tally


def _here(inspection: Inspection, entries: list[Entries], account: Account, tally: Tally) -> None:
    rows = [
        _entered(rows_here(inspection.run.lake, e.table, _COLUMNS[e.table.name], e.version, e.rows), e.table) for e in entries
    ]
    ledger = pa.concat_tables(rows)
    for partial in account(iter(ledger.to_batches())):
        tally.merge(partial)
    ids = ledger.filter(pc.equal(ledger["table"], CHUNKS.name))["chunk_id"].value_counts()
    tally.found("duplicate_keys", ids.field("values").filter(pc.greater(ids.field("counts"), 1)))


def _entered(rows: pa.Table, table: Table) -> pa.Table:
    rows = rows.filter(pc.invert(rows["deleted"]))
    rows = rows.append_column("table", pa.repeat(table.name, rows.num_rows))
    missing = [field for field in _LEDGER if field.name not in rows.column_names]
    for field in missing:
        rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(_LEDGER.names)


def _in_spark(spark: "SparkSession", inspection: Inspection, entries: list[Entries], account: Account, tally: Tally) -> None:
    from functools import reduce

    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F

    frames = []
    for e in entries:
        rows = stored_rows(spark, inspection.run.lake, e.table, _COLUMNS[e.table.name], e.version, e.rows).filter("not deleted")
        present = {**{name: F.col(name) for name in (*_COLUMNS[e.table.name], "seq")}, "table": F.lit(e.table.name)}
        frames.append(rows.select(*(present.get(f.name, F.lit(None)).cast(ddl_type(f.type)).alias(f.name) for f in _LEDGER)))
    ledger = reduce(DataFrame.unionByName, frames)
    size = sum(file.rows for e in entries for file in inspection.run.lake.files(e.table, e.version))
    tasks = max(4 * spark.sparkContext.defaultParallelism, size // _ROWS_PER_TASK)
    for partial in ledger.repartition(tasks, "doc_id").mapInArrow(account, ddl(PARTIAL)).toArrow().to_batches():
        tally.merge(partial)
    ids = frames[0].groupBy("chunk_id").count().filter("count > 1")
    tally.found("duplicate_keys", [row["chunk_id"] for row in ids.limit(5).collect()])
    tally.add("duplicate_keys", max(0, ids.count() - 5))
