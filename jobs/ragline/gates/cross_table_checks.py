"""Check ``chunks`` against the other tables of its preprocess run: is each document accounted for, is each chunk of a document?

Rows of four tables are combined: ``chunks``, the ``documents`` they were made from, ``document_state`` and ``chunk_state``. Only
ids and numbers are read, no text. All rows of a document are in one task, so that each task checks its documents by itself and
the counts of the tasks are added up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, Table
from ragline.gates.fact_counts import PARTIAL_COUNTS, FactCounts
from ragline.gates.inspection import Inspection
from ragline.lake.large_columns import large, positions, take_values
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
_COMBINED = pa.schema(
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
# A task holds its part of the combined rows in memory.
_ROWS_PER_TASK = 500_000


@dataclass(frozen=True)
class TableRows:
    """Which rows of a table are combined."""

    table: Table
    version: int | None
    rows: Range


@dataclass(frozen=True)
class CrossTableCheck:
    """One task: combined rows in, all rows of a document in the same task; ``PARTIAL_COUNTS`` out.

    ``max_tokens``: what a chunk may have. ``made_of``: the documents version that each chunks version was made from.
    """

    max_tokens: int
    made_of: tuple[tuple[int, int], ...]

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs in executors, or here."""
        # Spark says of a column of constants that it is never null.
        rows = pa.Table.from_batches((batch.cast(_COMBINED) for batch in batches), schema=_COMBINED)
        parts = {name: rows.filter(pc.equal(rows["table"], name)) for name in _COLUMNS}
        counts = FactCounts()
        self._chunks(parts[CHUNKS.name], parts[DOCUMENTS.name], counts)
        _documents(parts[DOCUMENTS.name], parts[CHUNKS.name], parts[DOCUMENT_STATE.name], counts)
        counts.add("passages", parts[CHUNK_STATE.name].num_rows)
        counts.add("copied_passages", parts[CHUNK_STATE.name].num_rows - parts[CHUNK_STATE.name]["kept_id"].null_count)
        yield counts.batch()

    def _chunks(self, chunks: pa.Table, documents: pa.Table, counts: FactCounts) -> None:
        counts.add("rows", chunks.num_rows)
        counts.add("tokens", pc.sum(chunks["token_count"]).as_py() or 0)
        counts.add_rows("over_max_tokens", _ids(chunks, pc.greater(chunks["token_count"], self.max_tokens)))
        for found in chunks["language"].value_counts().to_pylist():
            counts.add(LANGUAGE + (found["values"] or ""), found["counts"])
        # Where each chunk's document is among the documents: null for a chunk of none.
        place = positions(chunks["doc_id"], among=documents["doc_id"])
        counts.add_rows("orphans", _ids(chunks, pc.is_null(place)))
        counts.add_rows("stale", _ids(chunks, pc.greater(documents["seq"].take(place), self._made_of(chunks["seq"]))))

    def _made_of(self, seq: pa.ChunkedArray) -> pa.Array:
        """The documents version that each row's chunks version was made from; the newest, where no commit says which."""
        known = dict(self.made_of)
        versions = seq.unique().to_pylist()
        newest = max(known.values(), default=0)
        made = pa.array([known.get(version, newest) for version in versions], pa.int64())
        return made.take(pc.index_in(seq, pa.array(versions, pa.int64())))


def _documents(documents: pa.Table, chunks: pa.Table, states: pa.Table, counts: FactCounts) -> None:
    ids = documents["doc_id"]
    counted = large(chunks["doc_id"]).value_counts()
    here = pc.fill_null(_looked_up(ids, counted.field("values"), counted.field("counts")), 0)
    outcome = _looked_up(ids, states["doc_id"], states["outcome"])
    told = _looked_up(ids, states["doc_id"], states["chunk_count"])
    counts.add("documents", documents.num_rows)
    counts.add_rows("documents_without_outcome", ids.filter(pc.is_null(outcome)))
    counts.add_rows("miscounted_documents", ids.filter(pc.fill_null(pc.not_equal(told, here), False)))
    lost = pc.equal(here, 0)
    counts.add_rows("lost_documents", ids.filter(lost))
    for found in outcome.filter(lost).value_counts().to_pylist():
        counts.add(OUTCOME + (found["values"] or "unknown"), found["counts"])


def _looked_up(ids: pa.ChunkedArray, keys: pa.Array | pa.ChunkedArray, values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return take_values(values, positions(ids, among=keys))


def _ids(chunks: pa.Table, mask: pa.ChunkedArray) -> pa.ChunkedArray:
    return chunks["chunk_id"].filter(pc.fill_null(mask, False))


def check_across_tables(inspection: Inspection, tables: list[TableRows], check: CrossTableCheck) -> FactCounts:
    """Combine the tables and check them, in this process or in Spark; also count the chunk ids that are there more than once."""
    counts = FactCounts()
    if spark := inspection.spark:
        _in_spark(spark, inspection, tables, check, counts)
    else:
        _here(inspection, tables, check, counts)
    return counts


def _here(inspection: Inspection, tables: list[TableRows], check: CrossTableCheck, counts: FactCounts) -> None:
    lake = inspection.run.lake
    read = [(rows_here(lake, part.table, _COLUMNS[part.table.name], part.version, part.rows), part.table) for part in tables]
    combined = pa.concat_tables([_combined_rows(rows, table) for rows, table in read])
    for partial in check(iter(combined.to_batches())):
        counts.merge(partial)
    ids = large(combined.filter(pc.equal(combined["table"], CHUNKS.name))["chunk_id"]).value_counts()
    counts.add_rows("duplicate_keys", ids.field("values").filter(pc.greater(ids.field("counts"), 1)))


def _combined_rows(rows: pa.Table, table: Table) -> pa.Table:
    rows = rows.filter(pc.invert(rows["deleted"]))
    rows = rows.append_column("table", pa.repeat(table.name, rows.num_rows))
    missing = [field for field in _COMBINED if field.name not in rows.column_names]
    for field in missing:
        rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(_COMBINED.names)


def _in_spark(
    spark: "SparkSession", inspection: Inspection, tables: list[TableRows], check: CrossTableCheck, counts: FactCounts
) -> None:
    from functools import reduce

    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F

    frames = []
    for part in tables:
        rows = stored_rows(spark, inspection.run.lake, part.table, _COLUMNS[part.table.name], part.version, part.rows).filter(
            "not deleted"
        )
        present = {**{name: F.col(name) for name in (*_COLUMNS[part.table.name], "seq")}, "table": F.lit(part.table.name)}
        frames.append(rows.select(*(present.get(f.name, F.lit(None)).cast(ddl_type(f.type)).alias(f.name) for f in _COMBINED)))
    combined = reduce(DataFrame.unionByName, frames)
    size = sum(file.rows for part in tables for file in inspection.run.lake.files(part.table, part.version))
    tasks = max(4 * spark.sparkContext.defaultParallelism, size // _ROWS_PER_TASK)
    for partial in combined.repartition(tasks, "doc_id").mapInArrow(check, ddl(PARTIAL_COUNTS)).toArrow().to_batches():
        counts.merge(partial)
    # The chunks come first in the tables; the driver sees five of their repeated ids and the number of the others.
    ids = frames[0].groupBy("chunk_id").count().filter("count > 1")
    counts.add_rows("duplicate_keys", [row["chunk_id"] for row in ids.limit(5).collect()])
    counts.add("duplicate_keys", max(0, ids.count() - 5))
