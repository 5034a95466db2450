"""Decide on each document from its profile and from the copies among all documents: pure functions on rows without texts."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.spark.tuning import broadcast_if_small

CHUNKED, DUPLICATE, EMPTY = "chunked", "duplicate", "empty"

# ``outcome`` is one of these three words, the name of the rule that rejected the document, or ``TOO_SLOW``.
DECISION = ("outcome", "kept_id", "method", "score")


def comparable_texts(profiles: DataFrame) -> DataFrame:
    """The documents that may be kept, as ``id, normal_hash, words, bands``: nothing rejects them, and they are not empty."""
    comparable = profiles.filter((F.col("rejected") == "") & (F.col("normal_hash") != ""))
    return comparable.select(F.col("doc_id").alias("id"), "normal_hash", "words", "bands")


def decide(profiles: DataFrame, copies: DataFrame) -> DataFrame:
    """Profiles, and copies as ``doc_id, kept_id, method, score`` → the profiles with the columns of ``DECISION``."""
    joined = profiles.join(broadcast_if_small(copies), "doc_id", how="left")
    outcome = (
        F.when(F.col("rejected") != "", F.col("rejected"))
        .when(F.col("normal_hash") == "", F.lit(EMPTY))
        .when(F.col("kept_id").isNotNull(), F.lit(DUPLICATE))
        .otherwise(F.lit(CHUNKED))
    )
    return joined.withColumn("outcome", outcome).select(*profiles.columns, *DECISION)
