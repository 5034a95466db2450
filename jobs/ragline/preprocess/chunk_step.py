"""Second half of a run: cut documents into chunks, and keep one of each group of equal chunks.

Which of equal chunks is kept depends on all of them, so that a chunk of an unchanged document may have to return because the
one that was kept in its place is gone. It is in no file (dropped chunks are not stored): its document is cut again.
"""

from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.contracts.tables import CHUNK_STATE
from ragline.preprocess.chunk_decisions import ChunkDecisions
from ragline.preprocess.cut_documents import CutDocuments
from ragline.preprocess.document_decisions import DocumentDecisions
from ragline.preprocess.document_reader import DocumentReader
from ragline.preprocess.duplicates.kept_texts import choose_kept_texts
from ragline.preprocess.duplicates.shingle_chunks import ShingleChunks
from ragline.preprocess.joins import anti_join, changed_rows, semi_join
from ragline.spark.small_frames import cached, checkpointed
from ragline.spark.tuning import broadcast_if_small

_TEXT = ("chunk_id", "doc_id", "normal_hash", "words", "bands")
_DECISION = ("kept_id", "method", "score")
_STATE = (*_TEXT, *_DECISION)


def cut_and_decide(reader: DocumentReader, documents: DocumentDecisions, work: CutDocuments) -> ChunkDecisions:
    """Cut the documents that have to be cut, and decide on all chunks."""
    previous = cached(reader.state.rows(CHUNK_STATE, _STATE))
    to_cut, no_longer = cached(documents.to_cut()), cached(documents.no_longer_chunked())
    cut = _cut(reader, documents, work, to_cut)
    replaced = to_cut.unionByName(no_longer)
    # A killed run may have left chunks of other documents: only those of documents that stay chunked count.
    unchanged = semi_join(previous, anti_join(documents.previously_chunked(), replaced))
    new, removed = _chunk_rows(cut), semi_join(previous, replaced).select(*_TEXT)
    changed_texts = new.unionByName(removed)
    related, unrelated = _split(reader, work, unchanged, changed_texts)
    decided, new_pairs = _decide(reader, work, new.unionByName(related.select(*_TEXT)), changed_texts)
    affected = changed_rows(anti_join(decided, to_cut), related, "chunk_id", _DECISION).select("doc_id").distinct()
    affected = checkpointed(affected)
    if not affected.isEmpty():
        cut = cut.unionByName(_cut(reader, documents, work, affected))
    # The rows of one document are written together, so that all chunks of a document that is cut again are carried along.
    flagged = unrelated.join(broadcast_if_small(affected.withColumn("cut_again", F.lit(True))), "doc_id", how="left")
    carried_over = cached(flagged.filter("kept_id is not null or cut_again").select(unrelated.columns))
    return ChunkDecisions(cut, no_longer, decided, carried_over, new_pairs)


def _split(
    reader: DocumentReader, work: CutDocuments, unchanged: DataFrame, changed_texts: DataFrame
) -> tuple[DataFrame, DataFrame]:
    """The unchanged chunks whose decision may be another now, because one with their text came or went, and the rest."""
    # Near-copies form chains, of which no end can be decided without the other: all of them are decided together.
    if reader.plan.full or work.settings.deduplicate.chunks.near is not None:
        return unchanged, unchanged.limit(0)
    hashes = broadcast_if_small(changed_texts.filter("normal_hash != ''").select("normal_hash").distinct())
    related = checkpointed(unchanged.join(hashes, "normal_hash", how="left_semi").select(unchanged.columns))
    return related, unchanged.join(hashes, "normal_hash", how="left_anti").select(unchanged.columns)


def _cut(reader: DocumentReader, documents: DocumentDecisions, work: CutDocuments, ids: DataFrame) -> DataFrame:
    """Rows of ``CUT`` of some documents. Done once: cutting them again would write other files."""
    places = semi_join(documents.present, ids)
    if not reader.plan.full:
        places = places.unionByName(semi_join(reader.places(), anti_join(ids, documents.changed)))
    return reader.read(places, work, "cutting documents", ids.count())


def _chunk_rows(cut: DataFrame) -> DataFrame:
    """One row for each chunk, with the columns of ``_TEXT``."""
    zipped = F.arrays_zip("chunk_ids", "normal_hashes", "word_counts", "band_lists")
    rows = cut.filter("doc_id is not null").select("doc_id", F.explode(zipped).alias("chunk"))
    return rows.select(
        F.col("chunk.chunk_ids").alias("chunk_id"),
        "doc_id",
        F.col("chunk.normal_hashes").alias("normal_hash"),
        F.col("chunk.word_counts").cast("int").alias("words"),
        F.col("chunk.band_lists").alias("bands"),
    )


def _decide(
    reader: DocumentReader, work: CutDocuments, chunks: DataFrame, changed_texts: DataFrame
) -> tuple[DataFrame, DataFrame | None]:
    """The chunks with their decision (null: kept), and newly computed similarities."""
    settings = work.settings.deduplicate
    if not settings.chunks.exact:
        kinds = zip(_DECISION, ("string", "string", "double"), strict=True)
        return chunks.select("*", *(F.lit(None).cast(kind).alias(name) for name, kind in kinds)), None
    texts = chunks.filter("normal_hash != ''").select(F.col("chunk_id").alias("id"), "normal_hash", "words", "bands")
    shingles_of = partial(reader.shingles, chunks, work=ShingleChunks(work))
    changes = None if reader.plan.full else changed_texts
    found = choose_kept_texts(texts, reader.lake, shingles_of, settings.chunks, settings.shingle_words, changes)
    copies = broadcast_if_small(found.copies.withColumnRenamed("id", "chunk_id"))
    return checkpointed(chunks.join(copies, "chunk_id", how="left").select(*_STATE)), found.new_pairs
