"""Which rows are looked at one by one, as pieces of work: in this process, or in Spark's executors."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.gates.inspection import Inspection
from ragline.gates.row_check import UNITS, CheckRows
from ragline.gates.tally import PARTIAL, Tally
from ragline.lake.stored_rows import Range, rows_here
from ragline.spark.schemas import ddl
from ragline.spark.stored_rows import stored_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PLACE = ("file", "row_group", "position")
_DOCUMENT = ("document_file", "document_group", "document_position")


def check_rows(inspection: Inspection, work: CheckRows, documents_version: int | None = None) -> Tally:
    """Do the work on the rows written since the last check. With ``documents_version`` beside the documents they name."""
    tally = Tally()
    if spark := inspection.spark:
        units = _units_in_spark(spark, inspection, documents_version)
        tasks = 4 * spark.sparkContext.defaultParallelism
        spread = units.repartition(tasks, "file", "row_group")
        for partial in spread.mapInArrow(work, ddl(PARTIAL)).toArrow().to_batches():
            tally.merge(partial)
        return tally
    for partial in work(_units_here(inspection, documents_version)):
        tally.merge(partial)
    return tally


def _units_here(inspection: Inspection, documents_version: int | None) -> Iterator[pa.RecordBatch]:
    lake = inspection.run.lake
    rows = rows_here(lake, inspection.table, ("doc_id",), inspection.version, inspection.unchecked, with_places=True)
    rows = rows.filter(pc.invert(rows["deleted"])).combine_chunks()
    if documents_version is not None:
        documents = rows_here(lake, DOCUMENTS, ("doc_id",), documents_version, Range(until=documents_version), with_places=True)
        documents = documents.filter(pc.invert(documents["deleted"])).combine_chunks()
        there = pc.index_in(rows["doc_id"], documents["doc_id"].combine_chunks())
        for name, source in zip(_DOCUMENT, _PLACE, strict=True):
            rows = rows.append_column(name, documents[source].take(there))
    rows = rows.sort_by([(name, "ascending") for name in _PLACE])
    for start, end in _groups(rows):
        yield _unit(rows.slice(start, end - start))


def _groups(rows: pa.Table) -> list[tuple[int, int]]:
    """Where the rows of each row group start and end; rows are sorted by them."""
    if not rows.num_rows:
        return []
    files = rows["file"].combine_chunks().dictionary_encode().indices.to_numpy()
    groups = rows["row_group"].to_numpy()
    ends = np.flatnonzero((np.diff(files) != 0) | (np.diff(groups) != 0)) + 1
    edges = [0, *ends.tolist(), rows.num_rows]
    return list(zip(edges[:-1], edges[1:], strict=True))


def _unit(rows: pa.Table) -> pa.RecordBatch:
    row = {"file": rows["file"][0].as_py(), "row_group": rows["row_group"][0].as_py(), "positions": rows["position"].to_pylist()}
    for name in _DOCUMENT:
        row[f"{name}s"] = rows[name].to_pylist() if name in rows.column_names else []
    return pa.RecordBatch.from_pylist([row], schema=UNITS)


def _units_in_spark(spark: "SparkSession", inspection: Inspection, documents_version: int | None) -> "DataFrame":
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
    units = rows.groupBy("file", "row_group").agg(gathered)
    lists = [F.col(f"rows.{name}").alias(f"{name}s") for name in ("position", *_DOCUMENT)]
    return units.select("file", "row_group", *lists)
