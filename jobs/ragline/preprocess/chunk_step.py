"""Second half of a run: documents are cut, and of equal chunks one stays."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from deltalake.transaction import AddAction

from ragline.contracts.tables import CHUNK_STATE
from ragline.lake.file_rows import FILE, file_action
from ragline.preprocess.chunk_pass import ChunkDocuments
from ragline.preprocess.document_reader import DocumentReader
from ragline.preprocess.document_step import DocumentStep
from ragline.preprocess.duplicates.originals import choose_originals
from ragline.preprocess.duplicates.shingle_chunks import ShingleChunks
from ragline.preprocess.outcomes import anti_join, differing, semi_join
from ragline.preprocess.staged_files import drop_from_files
from ragline.spark.tuning import broadcast_if_small

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_TEXT = ("chunk_id", "doc_id", "normal_hash", "words", "bands")
_DECISION = ("kept_id", "method", "score")
STATE = (*_TEXT, *_DECISION)


@dataclass(frozen=True)
class ChunkStep:
    """What the second half found out.

    ``chunked``: what was cut (``CHUNKED``). ``lost``: ids of documents that had chunks and are not cut any more.
    ``decided``: new chunks, and old ones with the text of one that came or went, with ``kept_id, method, score`` of those that
    are dropped; ``others``: of all other chunks those that are dropped and those of documents that were cut. ``compared``: pairs
    to remember, or None.
    """

    chunked: "DataFrame"
    lost: "DataFrame"
    decided: "DataFrame"
    others: "DataFrame"
    compared: "DataFrame | None"

    @cached_property
    def documents(self) -> "DataFrame":
        """Ids of the documents that were cut, with the ``path`` of the file that holds their chunks."""
        return self.chunked.filter("doc_id is not null").select("doc_id", "path")

    @cached_property
    def passages(self) -> "DataFrame":
        """All chunks of the documents that were cut, dropped ones included."""
        return semi_join(self.decided.unionByName(self.others), self.documents).persist()

    def copies(self) -> "DataFrame":
        """All chunks that are dropped, of any document."""
        return self.decided.unionByName(self.others).filter("kept_id is not null")

    @cached_property
    def dropped(self) -> dict[str, int]:
        """How many chunks of the documents that were cut are dropped, by method."""
        copies = self.passages.filter("kept_id is not null")
        return {row["method"]: row["count"] for row in copies.groupBy("method").count().collect()}

    @cached_property
    def made(self) -> tuple[int, int, bool]:
        """How many chunks were cut, of how many tokens; whether personal data was found in any."""
        from pyspark.sql import functions as F

        sizes = self.chunked.select(F.size("chunk_ids").alias("chunks"), "tokens", F.size("found_kinds").alias("kinds"))
        row = sizes.agg(F.sum("chunks"), F.sum("tokens"), F.max("kinds")).first()
        return (row[0] or 0, row[1] or 0, bool(row[2] and row[2] > 0)) if row else (0, 0, False)

    def counts(self) -> "DataFrame":
        """``doc_id, chunk_count`` of the documents that were cut: chunks that stay."""
        from pyspark.sql import functions as F

        stays = self.passages.filter("kept_id is null").select("doc_id", F.lit(1).alias("stays"))
        each = stays.unionByName(self.documents.select("doc_id", F.lit(0).alias("stays")))
        return each.groupBy("doc_id").agg(F.sum("stays").cast("int").alias("chunk_count"))

    def files(self, chunks_uri: str, chunks_version: int) -> list[AddAction]:
        """The files to commit: those that were written, dropped chunks taken out."""
        changed = drop_from_files(self._dropped_rows(), chunks_uri, chunks_version) if self.dropped else {}
        written = self.chunked.filter("doc_id is null").select(*(name for name, _ in FILE)).toArrow().to_pylist()
        files = [changed[row["path"]] if row["path"] in changed else file_action(row) for row in written]
        return [file for file in files if file]

    def _dropped_rows(self) -> "DataFrame":
        dropped = self.passages.filter("kept_id is not null")
        return dropped.join(broadcast_if_small(self.documents), "doc_id", how="inner").select("path", "chunk_id")


def cut_documents(reader: DocumentReader, step: DocumentStep, work: ChunkDocuments) -> ChunkStep:
    """Cut what has to be cut, and decide on all chunks."""
    from pyspark.sql import functions as F

    before = reader.plan.state.rows(reader.spark, reader.lake, CHUNK_STATE, STATE).persist()
    to_chunk, lost = step.to_chunk().persist(), step.not_chunked_any_more().persist()
    chunked = _cut(reader, step, work, to_chunk)
    # Rows of a run that was killed may be among those before: nothing counts but what belongs to a document that stays.
    settled = to_chunk.unionByName(lost)
    kept = semi_join(before, anti_join(step.chunked_before(), settled))
    fresh, gone = _passages(chunked), semi_join(before, settled).select(*_TEXT)
    together = reader.plan.full or work.settings.deduplicate.chunks.near is not None
    related, untouched = (kept, kept.limit(0)) if together else _related(kept, fresh.unionByName(gone))
    decided, compared = _decided(reader, work, fresh.unionByName(related.select(*_TEXT)), fresh.unionByName(gone))
    affected = differing(anti_join(decided, to_chunk), related, "chunk_id", _DECISION).select("doc_id").distinct()
    affected = affected.localCheckpoint()
    if not affected.isEmpty():
        chunked = chunked.unionByName(_cut(reader, step, work, affected))
    again = untouched.join(broadcast_if_small(affected.withColumn("again", F.lit(True))), "doc_id", how="left")
    others = again.filter("kept_id is not null or again").select(untouched.columns).persist()
    return ChunkStep(chunked, lost, decided, others, compared)


def _related(kept: "DataFrame", stirred: "DataFrame") -> "tuple[DataFrame, DataFrame]":
    """The kept chunks with the text of one that came or went, whose fate may be another now, and the rest. (Near-copies are
    decided all together.)"""
    hashes = broadcast_if_small(stirred.filter("normal_hash != ''").select("normal_hash").distinct())
    related = kept.join(hashes, "normal_hash", how="left_semi").select(kept.columns).localCheckpoint()
    return related, kept.join(hashes, "normal_hash", how="left_anti").select(kept.columns)


def _cut(reader: DocumentReader, step: DocumentStep, work: ChunkDocuments, ids: "DataFrame") -> "DataFrame":
    """``CHUNKED`` of some documents. Done once: cutting them again would write other files."""
    at_hand = semi_join(step.present, ids)
    if not reader.plan.full:
        at_hand = at_hand.unionByName(semi_join(reader.places(), anti_join(ids, step.touched)))
    return reader.read(at_hand, work, "cutting documents", ids.count())


def _passages(chunked: "DataFrame") -> "DataFrame":
    from pyspark.sql import functions as F

    zipped = F.arrays_zip("chunk_ids", "normal_hashes", "word_counts", "band_lists")
    rows = chunked.filter("doc_id is not null").select("doc_id", F.explode(zipped).alias("chunk"))
    return rows.select(
        F.col("chunk.chunk_ids").alias("chunk_id"),
        "doc_id",
        F.col("chunk.normal_hashes").alias("normal_hash"),
        F.col("chunk.word_counts").cast("int").alias("words"),
        F.col("chunk.band_lists").alias("bands"),
    )


def _decided(
    reader: DocumentReader, work: ChunkDocuments, passages: "DataFrame", stirred: "DataFrame"
) -> "tuple[DataFrame, DataFrame | None]":
    from pyspark.sql import functions as F

    settings = work.settings.deduplicate
    if not settings.chunks.exact:
        kinds = zip(_DECISION, ("string", "string", "double"), strict=True)
        return passages.select("*", *(F.lit(None).cast(kind).alias(name) for name, kind in kinds)), None
    texts = passages.filter("normal_hash != ''").select(F.col("chunk_id").alias("id"), "normal_hash", "words", "bands")
    shingles_of = partial(reader.shingles, passages, work=ShingleChunks(work))
    changes = None if reader.plan.full else stirred
    originals = choose_originals(texts, reader.lake, shingles_of, settings.chunks, settings.shingle_words, changes)
    copies = originals.copies.withColumnRenamed("id", "chunk_id")
    return passages.join(broadcast_if_small(copies), "chunk_id", how="left").select(*STATE).localCheckpoint(), originals.compared
