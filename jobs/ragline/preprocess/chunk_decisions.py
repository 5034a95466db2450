"""What the second half of a run made and decided: the chunks of the documents that were cut, and which chunks are copies."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from deltalake.transaction import AddAction
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.lake.file_rows import FILE, file_action
from ragline.preprocess.joins import semi_join
from ragline.preprocess.uncommitted_files import remove_chunks
from ragline.spark.small_frames import cached
from ragline.spark.tuning import broadcast_if_small


class Totals(NamedTuple):
    """How many chunks were cut, of how many tokens, whether personal data was found in any, and how many documents were given
    up because they took too long."""

    chunks: int
    tokens: int
    any_personal_data: bool
    too_slow: int


@dataclass(frozen=True)
class ChunkDecisions:
    """The chunks that were cut, and the decisions on chunks.

    ``cut``: what was cut (rows of ``CUT``). ``no_longer_chunked``: ids of documents that had chunks and are not cut any more.
    ``decided``: the new chunks, and old ones with the text of one that came or went, with ``kept_id, method, score`` of those
    that are dropped. ``carried_over``: of all other chunks the dropped ones and those of documents that were cut, with the
    decision that they had. ``new_pairs``: similarities computed in this run; None if there are none.
    """

    cut: DataFrame
    no_longer_chunked: DataFrame
    decided: DataFrame
    carried_over: DataFrame
    new_pairs: DataFrame | None

    @cached_property
    def documents(self) -> DataFrame:
        """Ids of the documents that were cut, with the ``path`` of the file that holds their chunks."""
        return self.cut.filter("doc_id is not null").select("doc_id", "path")

    @cached_property
    def chunks(self) -> DataFrame:
        """All chunks of the documents that were cut, dropped ones included."""
        return cached(semi_join(self.decided.unionByName(self.carried_over), self.documents))

    def copies(self) -> DataFrame:
        """All chunks that are dropped, of any document."""
        return self.decided.unionByName(self.carried_over).filter("kept_id is not null")

    @cached_property
    def dropped(self) -> dict[str, int]:
        """How many chunks of the documents that were cut are dropped, by method."""
        copies = self.chunks.filter("kept_id is not null")
        return {row["method"]: row["count"] for row in copies.groupBy("method").count().collect()}

    @cached_property
    def totals(self) -> Totals:
        """What was cut, before copies are dropped."""
        kinds, slow = F.size("found_kinds").alias("kinds"), F.col("too_slow").cast("int").alias("slow")
        sizes = self.cut.select(F.size("chunk_ids").alias("chunks"), "tokens", kinds, slow)
        row = sizes.agg(F.sum("chunks"), F.sum("tokens"), F.max("kinds"), F.sum("slow")).first()
        return Totals(row[0] or 0, row[1] or 0, bool(row[2] and row[2] > 0), row[3] or 0) if row else Totals(0, 0, False, 0)

    @cached_property
    def too_slow(self) -> list[str]:
        """Ids of the documents that took too long to cut: they have no chunks."""
        if not self.totals.too_slow:
            return []
        return sorted({row["doc_id"] for row in self.cut.filter("too_slow").select("doc_id").collect()})

    def kept_counts(self) -> DataFrame:
        """``doc_id, chunk_count`` of the documents that were cut: how many of their chunks are kept."""
        kept = self.chunks.filter("kept_id is null").select("doc_id", F.lit(1).alias("kept"))
        # A document whose chunks are all copies counts 0, not nothing.
        each = kept.unionByName(self.documents.select("doc_id", F.lit(0).alias("kept")))
        return each.groupBy("doc_id").agg(F.sum("kept").cast("int").alias("chunk_count"))

    def files(self, chunks_uri: str, chunks_version: int) -> list[AddAction]:
        """The files to commit: those that were written, with dropped chunks taken out."""
        rewritten = remove_chunks(self._dropped_by_file(), chunks_uri, chunks_version) if self.dropped else {}
        written = self.cut.filter("doc_id is null").select(*(name for name, _ in FILE)).toArrow().to_pylist()
        files = [rewritten[row["path"]] if row["path"] in rewritten else file_action(row) for row in written]
        return [file for file in files if file]

    def _dropped_by_file(self) -> DataFrame:
        dropped = self.chunks.filter("kept_id is not null")
        return dropped.join(broadcast_if_small(self.documents), "doc_id", how="inner").select("path", "chunk_id")
