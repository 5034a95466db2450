"""The documents of one version of the lake, for the steps of a run."""

from dataclasses import dataclass
from functools import cached_property

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ragline.contracts.tables import DOCUMENTS
from ragline.lake.lake import Lake
from ragline.lake.stored_rows import Range, stored_count
from ragline.preprocess.document_work import DocumentWork
from ragline.preprocess.joins import semi_join
from ragline.preprocess.plan import Plan
from ragline.preprocess.read_documents import Reading, read_documents
from ragline.preprocess.stored_state import StoredState
from ragline.runtime.run import Run
from ragline.spark.placement import place
from ragline.spark.stored_rows import stored_rows
from ragline.spark.tuning import amounts_for_driver, task_count, tune


@dataclass(frozen=True)
class DocumentReader:
    """Says where documents stand, and has executors read them."""

    spark: SparkSession
    lake: Lake
    plan: Plan

    @cached_property
    def state(self) -> StoredState:
        """What earlier runs found out, as far as the plan builds on it."""
        return StoredState(self.spark, self.lake, self.plan.state)

    def tune(self, run: Run) -> None:
        """Set Spark up for the number of rows that this run handles, and let the policy say who does Python's work."""
        rows = self._changes + self.state.most_rows()
        placement = place(run, "work on documents", amounts_for_driver(self._changes, rows), cluster_always=True)
        tune(self.spark, self._changes, rows, in_driver=not placement.in_spark)

    def changed_places(self) -> DataFrame:
        """Where the documents stand that changed since the last run: doc_id, deleted, file, row_group, position."""
        return self._places(self.plan.since)

    def places(self) -> DataFrame:
        """The same of all documents."""
        return self._places(None)

    def read(self, places: DataFrame, work: DocumentWork, title: str, total: int | None = None) -> DataFrame:
        """What the work makes of the documents at some places; done once, its progress shown under the title."""
        reading = Reading(self.lake.table_uri(DOCUMENTS), task_count(self.spark, self._changes), title, total)
        return read_documents(places, work, reading)

    def shingles(self, texts: DataFrame, hashes: DataFrame, work: DocumentWork) -> DataFrame:
        """``hash, shingles`` of the texts (``doc_id, normal_hash``) with one of the hashes, each read from one document."""
        wanted = semi_join(texts, hashes.withColumnRenamed("hash", "normal_hash"), "normal_hash")
        # Texts of one hash are equal but for case and blanks, so that any of their documents will do.
        ids = wanted.groupBy("normal_hash").agg(F.min("doc_id").alias("doc_id"))
        found = self.read(semi_join(self.places(), ids), work, "comparing near-copies")
        return found.select(F.col("normal_hash").alias("hash"), "shingles").dropDuplicates(["hash"])

    @cached_property
    def _changes(self) -> int:
        return stored_count(self.lake, DOCUMENTS, self.plan.version, Range(self.plan.since, self.plan.version))

    def _places(self, since: int | None) -> DataFrame:
        version = self.plan.version
        rows = stored_rows(self.spark, self.lake, DOCUMENTS, ("doc_id",), version, Range(since, version))
        return rows.select("doc_id", "deleted", "file", "row_group", "position")
