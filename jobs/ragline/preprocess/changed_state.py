"""The rows that a run adds to its tables: what changed, and deletion markers for what is no more. Nothing is written here."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.contracts.tables import CHUNK_STATE, DUPLICATES, Table
from ragline.lake.lake import Lake
from ragline.preprocess.chunk_decisions import ChunkDecisions
from ragline.preprocess.document_decisions import DocumentDecisions
from ragline.preprocess.document_work import TOO_SLOW
from ragline.preprocess.joins import anti_join, changed_rows, semi_join
from ragline.spark.schemas import ddl_type
from ragline.spark.small_frames import cached
from ragline.spark.stored_rows import stored_rows
from ragline.spark.tuning import broadcast_if_small

_COPY = ("kept_id", "level", "doc_id", "method", "score")


def document_state_rows(documents: DocumentDecisions, chunks: ChunkDecisions) -> DataFrame:
    """Of each document that changed, or on which the decision did, its profile and decision; a marker for each removed one."""
    # Cut again for the sake of their chunks: decided as before, with another number of chunks.
    cut_again = anti_join(semi_join(documents.previous.drop("chunk_count"), chunks.documents), documents.decided)
    counts = broadcast_if_small(chunks.kept_counts())
    rows = documents.decided.unionByName(cut_again)
    if chunks.too_slow:  # decided before they were cut
        given_up = F.col("doc_id").isin(chunks.too_slow)
        rows = rows.withColumn("outcome", F.when(given_up, F.lit(TOO_SLOW)).otherwise(F.col("outcome")))
    rows = rows.join(counts, "doc_id", how="left")
    live = rows.fillna(0, ["chunk_count"]).withColumn("deleted", F.lit(False))
    removed = documents.removed.distinct().withColumn("deleted", F.lit(True))
    return live.unionByName(removed, allowMissingColumns=True)


def chunk_state_rows(lake: Lake, documents: DocumentDecisions, chunks: ChunkDecisions, *, full: bool) -> DataFrame:
    """All chunks of the documents that were cut; a marker for each document that may have rows in the table (of this
    configuration, another one, or a run that was killed) and has no chunks now."""
    live = chunks.chunks.withColumn("deleted", F.lit(False))
    if full:
        had = stored_rows(live.sparkSession, lake, CHUNK_STATE, ("doc_id",)).filter("not deleted").select("doc_id")
    else:
        processed = chunks.documents.select("doc_id").unionByName(documents.changed.select("doc_id"))
        had = chunks.no_longer_chunked.unionByName(processed)
    without = anti_join(had, live).distinct()
    return live.unionByName(without.withColumn("deleted", F.lit(True)), allowMissingColumns=True)


def duplicate_rows(lake: Lake, documents: DocumentDecisions, chunks: ChunkDecisions) -> DataFrame:
    """Copies that are not recorded, or otherwise; a marker for each recorded one that is no copy any more."""
    copies = [
        rows.select(F.col(key).alias("dropped_id"), "kept_id", F.lit(level).alias("level"), "doc_id", "method", "score")
        for rows, key, level in ((documents.copies, "doc_id", "document"), (chunks.copies(), "chunk_id", "chunk"))
    ]
    now = cached(copies[0].unionByName(copies[1]))
    recorded = stored_rows(now.sparkSession, lake, DUPLICATES, ("dropped_id", *_COPY)).filter("not deleted")
    recorded = cached(recorded.select("dropped_id", *_COPY))
    changed = changed_rows(now, recorded, "dropped_id", _COPY).withColumn("deleted", F.lit(False))
    # Not by ``anti_join``: of copies there may be as many as of chunks, whatever the size of the change.
    returned = recorded.join(now.select("dropped_id"), "dropped_id", how="left_anti").select("dropped_id", "doc_id")
    return changed.unionByName(returned.withColumn("deleted", F.lit(True)), allowMissingColumns=True)


def pair_rows(pairs: DataFrame, shingle_words: int) -> DataFrame:
    """Similarities that were computed, to be looked up by later runs."""
    named = pairs.select(F.col("first").alias("left_hash"), F.col("second").alias("right_hash"), "score")
    return named.withColumn("shingle_words", F.lit(shingle_words))


def chunk_markers(documents: DocumentDecisions, document_state: DataFrame) -> DataFrame:
    """Deletion markers for ``chunks``, of the documents that had some and have none."""
    had = documents.previous.filter("chunk_count > 0").select("doc_id")
    without = semi_join(had, document_state.filter("deleted or chunk_count = 0"))
    return without.selectExpr("doc_id", "true as deleted")


def with_all_columns(rows: DataFrame, table: Table) -> DataFrame:
    """The rows with all columns of the table but ``seq``; those that are missing are null."""
    fields = [field for field in table.schema if field.name != "seq"]
    return rows.select(
        *(
            F.col(field.name) if field.name in rows.columns else F.lit(None).cast(ddl_type(field.type)).alias(field.name)
            for field in fields
        )
    )
