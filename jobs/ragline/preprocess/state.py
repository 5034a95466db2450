"""What earlier runs made of each document: the state that an incremental run starts from.

Commits of ``outcomes`` and ``passages`` name, in their inputs, the chunks version that they belong to. They are made
before that chunks version; if a run dies in between, their rows are later than those of the last chunks version and count
for nothing, but that the next run decides on those documents (``stray``) again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, Table
from ragline.lake.commits import CommitInfo
from ragline.lake.lake import Lake
from ragline.lake.stored_rows import Range
from ragline.spark.stored_rows import stored_rows
from ragline.spark.tuning import stored_count

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CHUNKED, DUPLICATE, EMPTY = "chunked", "duplicate", "empty"


@dataclass(frozen=True)
class State:
    """Up to which version the rows of each table belong to the last chunks version; None: nothing there counts."""

    outcomes: int | None = None
    passages: int | None = None

    def rows(self, spark: "SparkSession", lake: Lake, table: Table, columns: Sequence[str]) -> "DataFrame":
        """The rows of ``outcomes`` or ``passages`` that count in this state."""
        from pyspark.sql import functions as F

        rows = stored_rows(spark, lake, table, columns, rows=self._range(table))
        return rows.filter(~F.col("deleted")).select(*columns)

    def stray(self, spark: "SparkSession", lake: Lake) -> "DataFrame":
        """Ids of documents with newer rows than count: of a run that did not get to its end, or of another configuration."""
        return stored_rows(spark, lake, DOCUMENT_STATE, ("doc_id",), rows=Range(since=self.outcomes)).select("doc_id")

    def has_stray(self, lake: Lake) -> bool:
        """Whether there are any."""
        newest = lake.version(DOCUMENT_STATE)
        return newest is not None and newest > (-1 if self.outcomes is None else self.outcomes)

    def count(self, lake: Lake, table: Table) -> int:
        """At most how many rows that is."""
        return stored_count(lake, table, None, self._range(table))

    def _range(self, table: Table) -> Range:
        until = self.outcomes if table is DOCUMENT_STATE else self.passages
        return Range(until=-1 if until is None else until)


def state_inputs(documents_version: int, chunks_version: int) -> dict[str, int]:
    """The inputs of the commits that belong to a chunks version."""
    return {DOCUMENTS.name: documents_version, CHUNKS.name: chunks_version}


def load_state(lake: Lake, last: CommitInfo) -> State | None:
    """The state that belongs to a chunks commit; None if its record is gone, so that everything has to be done again."""
    wanted = state_inputs(last.inputs[DOCUMENTS.name], last.version)
    found = [_version(lake, table, wanted, last.fingerprint) for table in (DOCUMENT_STATE, CHUNK_STATE)]
    return None if None in found else State(*found)


def _version(lake: Lake, table: Table, inputs: dict[str, int], fingerprint: str) -> int | None:
    commits = (c for c in lake.commits(table) if c.inputs == inputs and c.fingerprint == fingerprint)
    return next((commit.version for commit in commits), None)
