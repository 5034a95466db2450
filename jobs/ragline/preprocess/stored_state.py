"""What earlier runs found out about each document and chunk, as data frames."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ragline.contracts.tables import CHUNK_STATE, DOCUMENT_STATE, Table
from ragline.lake.lake import Lake
from ragline.lake.stored_rows import Range, stored_count
from ragline.preprocess.state import StateVersions
from ragline.spark.stored_rows import stored_rows


@dataclass(frozen=True)
class StoredState:
    """The rows of document state and chunk state that belong to the last chunks version."""

    spark: SparkSession
    lake: Lake
    versions: StateVersions

    def rows(self, table: Table, columns: Sequence[str]) -> DataFrame:
        """Some columns of the rows of a state table that count."""
        rows = stored_rows(self.spark, self.lake, table, columns, rows=self.versions.range_of(table))
        return rows.filter(~F.col("deleted")).select(*columns)

    def leftover_documents(self) -> DataFrame | None:
        """Ids of documents with newer rows than those that count, which a killed run or another configuration left behind;
        None if nothing is newer."""
        newest, counted = self.lake.version(DOCUMENT_STATE), self.versions.documents
        if newest is None or newest <= (-1 if counted is None else counted):
            return None
        return stored_rows(self.spark, self.lake, DOCUMENT_STATE, ("doc_id",), rows=Range(since=counted)).select("doc_id")

    def most_rows(self) -> int:
        """At most how many rows there are, from the statistics of the files."""
        tables = (DOCUMENT_STATE, CHUNK_STATE)
        return sum(stored_count(self.lake, table, None, self.versions.range_of(table)) for table in tables)
