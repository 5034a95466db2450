"""Check the rows that are new since the last check, in this process or in Spark's executors, by row groups of the files."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.gates.fact_counts import PARTIAL_COUNTS, FactCounts
from ragline.gates.inspection import Inspection
from ragline.gates.row_checks import ROW_TASKS, CheckRows
from ragline.lake.large_columns import codes, positions, sort_rows, take_values
from ragline.lake.stored_rows import Range, rows_here
from ragline.spark.schemas import ddl
from ragline.spark.stored_rows import stored_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PLACE = ("file", "row_group", "position")
_DOCUMENT = ("document_file", "document_group", "document_position")


def check_rows(inspection: Inspection, work: CheckRows, documents_version: int | None = None) -> FactCounts:
    """Check the rows written since the last check; with ``documents_version``, each beside the document that it names."""
    counts = FactCounts()
    if spark := inspection.spark:
        tasks_of_rows = _tasks_in_spark(spark, inspection, documents_version)
        tasks = 4 * spark.sparkContext.defaultParallelism
        spread = tasks_of_rows.repartition(tasks, "file", "row_group")
        for partial in spread.mapInArrow(work, ddl(PARTIAL_COUNTS)).toArrow().to_batches():
            counts.merge(partial)
        return counts
    for partial in work(_tasks_here(inspection, documents_version)):
        counts.merge(partial)
    return counts


def _tasks_here(inspection: Inspection, documents_version: int | None) -> Iterator[pa.RecordBatch]:
    lake = inspection.run.lake
    rows = rows_here(lake, inspection.table, ("doc_id",), inspection.version, inspection.unchecked, with_places=True)
    rows = rows.filter(pc.invert(rows["deleted"]))
    if documents_version is not None:
        documents = rows_here(lake, DOCUMENTS, ("doc_id",), documents_version, Range(until=documents_version), with_places=True)
        documents = documents.filter(pc.invert(documents["deleted"]))
        there = positions(rows["doc_id"], among=documents["doc_id"])
        for name, source in zip(_DOCUMENT, _PLACE, strict=True):
            rows = rows.append_column(name, take_values(documents[source], there))
    rows = sort_rows(rows, *((name, "ascending") for name in _PLACE))
    for start, end in _groups(rows):
        yield _row_task(rows.slice(start, end - start))


def _groups(rows: pa.Table) -> list[tuple[int, int]]:
    """Where the rows of each row group start and end; rows are sorted by them."""
    if not rows.num_rows:
        return []
    files = codes(rows["file"]).to_numpy()
    groups = rows["row_group"].to_numpy()
    ends = np.flatnonzero((np.diff(files) != 0) | (np.diff(groups) != 0)) + 1
    edges = [0, *ends.tolist(), rows.num_rows]
    return list(zip(edges[:-1], edges[1:], strict=True))


def _row_task(rows: pa.Table) -> pa.RecordBatch:
    row = {"file": rows["file"][0].as_py(), "row_group": rows["row_group"][0].as_py(), "positions": rows["position"].to_pylist()}
    for name in _DOCUMENT:
        row[f"{name}s"] = rows[name].to_pylist() if name in rows.column_names else []
    return pa.RecordBatch.from_pylist([row], schema=ROW_TASKS)


def _tasks_in_spark(spark: "SparkSession", inspection: Inspection, documents_version: int | None) -> "DataFrame":
    from pyspark.sql import functions as F

    lake = inspection.run.lake
    rows = stored_rows(spark, lake, inspection.table, ("doc_id",), inspection.version, inspection.unchecked).filter("not deleted")
    if documents_version is None:
        for name, kind in zip(_DOCUMENT, ("string", "bigint", "bigint"), strict=True):
            rows = rows.withColumn(name, F.lit(None).cast(kind))
    else:
        documents = stored_rows(spark, lake, DOCUMENTS, ("doc_id",), documents_version, Range(until=documents_version))
        named = [F.col(source).alias(name) for name, source in zip(_DOCUMENT, _PLACE, strict=True)]
        rows = rows.join(documents.filter("not deleted").select("doc_id", *named), "doc_id", how="left")
    gathered = F.sort_array(F.collect_list(F.struct("position", *_DOCUMENT))).alias("rows")
    tasks_of_rows = rows.groupBy("file", "row_group").agg(gathered)
    lists = [F.col(f"rows.{name}").alias(f"{name}s") for name in ("position", *_DOCUMENT)]
    return tasks_of_rows.select("file", "row_group", *lists)
