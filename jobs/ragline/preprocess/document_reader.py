"""The documents of one version of the lake, for the steps of a run."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ragline.contracts.tables import CHUNK_STATE, DOCUMENT_STATE, DOCUMENTS
from ragline.lake.lake import Lake
from ragline.lake.stored_rows import Range
from ragline.preprocess.documents import DocumentWork, Reading, read_documents
from ragline.preprocess.outcomes import semi_join
from ragline.preprocess.plan import Plan
from ragline.spark.stored_rows import stored_rows
from ragline.spark.tuning import stored_count, task_count, tune

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class DocumentReader:
    """Says where documents stand, and has executors read them."""

    spark: "SparkSession"
    lake: Lake
    plan: Plan

    def tune(self) -> None:
        """Set Spark up for as many rows as this run has to do with."""
        remembered = sum(self.plan.state.count(self.lake, table) for table in (DOCUMENT_STATE, CHUNK_STATE))
        tune(self.spark, self._changes, self._changes + remembered)

    def changed_places(self) -> "DataFrame":
        """Where the documents stand that changed since the last run: doc_id, deleted, file, row_group, position."""
        return self._places(self.plan.since)

    def places(self) -> "DataFrame":
        """The same of all documents."""
        return self._places(None)

    def read(self, places: "DataFrame", work: DocumentWork, what: str, total: int | None = None) -> "DataFrame":
        """What the work makes of the documents at some places; done once, its progress shown as ``what``."""
        reading = Reading(self.lake.table_uri(DOCUMENTS), task_count(self.spark, self._changes), what, total)
        return read_documents(places, work, reading)

    def shingles(self, texts: "DataFrame", hashes: "DataFrame", work: DocumentWork) -> "DataFrame":
        """``hash, shingles`` of texts (``doc_id, normal_hash``) that are named by their hash, each read from one document."""
        from pyspark.sql import functions as F

        wanted = texts.join(hashes.withColumnRenamed("hash", "normal_hash"), "normal_hash", how="left_semi")
        ids = wanted.groupBy("normal_hash").agg(F.min("doc_id").alias("doc_id"))
        found = self.read(semi_join(self.places(), ids), work, "comparing near-copies")
        return found.select(F.col("normal_hash").alias("hash"), "shingles").dropDuplicates(["hash"])

    @cached_property
    def _changes(self) -> int:
        return stored_count(self.lake, DOCUMENTS, self.plan.version, Range(self.plan.since, self.plan.version))

    def _places(self, since: int | None) -> "DataFrame":
        version = self.plan.version
        rows = stored_rows(self.spark, self.lake, DOCUMENTS, ("doc_id",), version, Range(since, version))
        return rows.select("doc_id", "deleted", "file", "row_group", "position")
