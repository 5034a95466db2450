"""Second half of a run: documents are cut, and of equal chunks one stays."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from deltalake.transaction import AddAction

from ragline.contracts.tables import PASSAGES
from ragline.preprocess.chunk_pass import ChunkDocuments
from ragline.preprocess.document_reader import DocumentReader
from ragline.preprocess.document_step import DocumentStep
from ragline.preprocess.duplicates.originals import choose_originals
from ragline.preprocess.duplicates.shingle_chunks import ShingleChunks
from ragline.preprocess.frames.staged_files import drop_from_files
from ragline.preprocess.frames.written_rows import FILE, file_action
from ragline.preprocess.outcomes import among, differing, without

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

STATE = ("chunk_id", "doc_id", "normal_hash", "words", "bands", "kept_id", "method", "score")
_DECISION = ("kept_id", "method", "score")


@dataclass(frozen=True)
class ChunkStep:
    """What the second half found out.

    ``chunked``: what was cut (``CHUNKED``). ``passages``: every chunk there is, dropped ones included, with ``kept_id, method,
    score`` of those. ``compared``: pairs to remember, or None.
    """

    chunked: "DataFrame"
    passages: "DataFrame"
    compared: "DataFrame | None"

    @cached_property
    def documents(self) -> "DataFrame":
        """Ids of the documents that were cut, with the ``path`` of the file that holds their chunks."""
        return self.chunked.filter("doc_id is not null").select("doc_id", "path")

    @cached_property
    def dropped(self) -> dict[str, int]:
        """How many chunks of the documents that were cut are dropped, by method."""
        copies = among(self.passages.filter("kept_id is not null"), self.documents)
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

        stays = among(self.passages, self.documents).filter(F.col("kept_id").isNull())
        counted = stays.groupBy("doc_id").agg(F.count("*").cast("int").alias("chunk_count"))
        return self.documents.select("doc_id").join(counted, "doc_id", how="left").fillna(0, ["chunk_count"])

    def files(self, chunks_uri: str, chunks_version: int) -> list[AddAction]:
        """The files to commit: those that were written, dropped chunks taken out."""
        dropped = self.passages.filter("kept_id is not null").join(self.documents, "doc_id", how="inner")
        rows = dropped.select("path", "chunk_id")
        changed = drop_from_files(rows, chunks_uri, chunks_version) if self.dropped else {}
        written = self.chunked.filter("doc_id is null").select(*(name for name, _ in FILE)).toArrow().to_pylist()
        files = [changed[row["path"]] if row["path"] in changed else file_action(row) for row in written]
        return [file for file in files if file]


def cut_documents(reader: DocumentReader, step: DocumentStep, work: ChunkDocuments) -> ChunkStep:
    """Cut what has to be cut, and decide on all chunks."""
    before = reader.plan.state.rows(reader.spark, reader.lake, PASSAGES, STATE).persist()
    to_chunk = step.to_chunk().persist()
    chunked = _cut(reader, step, work, to_chunk)
    chunked_now = step.decided.filter("outcome = 'chunked'").select("doc_id")
    settled = to_chunk.unionByName(without(before.select("doc_id"), chunked_now))
    kept = without(before, settled)
    passages = kept.drop(*_DECISION).unionByName(_passages(chunked)).persist()
    decided, compared = _decided(reader, work, passages)
    affected = differing(decided, kept, "chunk_id", _DECISION).select("doc_id").distinct()
    affected = without(affected, to_chunk).localCheckpoint()
    if not affected.isEmpty():
        chunked = chunked.unionByName(_cut(reader, step, work, affected))
    return ChunkStep(chunked, decided, compared)


def _cut(reader: DocumentReader, step: DocumentStep, work: ChunkDocuments, ids: "DataFrame") -> "DataFrame":
    """``CHUNKED`` of some documents. Done once: cutting them again would write other files."""
    at_hand = among(step.present, ids)
    if not reader.plan.full:
        at_hand = at_hand.unionByName(among(reader.places(), without(ids, step.touched)))
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


def _decided(reader: DocumentReader, work: ChunkDocuments, passages: "DataFrame") -> "tuple[DataFrame, DataFrame | None]":
    from pyspark.sql import functions as F

    settings = work.settings.deduplicate
    if not settings.chunks.exact:
        kinds = zip(_DECISION, ("string", "string", "double"), strict=True)
        return passages.select("*", *(F.lit(None).cast(kind).alias(name) for name, kind in kinds)), None
    texts = passages.filter("normal_hash != ''").select(F.col("chunk_id").alias("id"), "normal_hash", "words", "bands")
    shingles_of = partial(reader.shingles, passages, work=ShingleChunks(work))
    originals = choose_originals(texts, reader.lake, shingles_of, settings.chunks, settings.shingle_words)
    copies = originals.copies.withColumnRenamed("id", "chunk_id")
    return passages.join(copies, "chunk_id", how="left").select(*STATE).localCheckpoint(), originals.compared
