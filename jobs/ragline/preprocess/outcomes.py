"""What becomes of each document among the others, as rows: pure functions on data frames without texts."""

from typing import TYPE_CHECKING

from ragline.preprocess.state import CHUNKED, DUPLICATE, EMPTY
from ragline.spark.tuning import broadcast_if_small

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DECISION = ("outcome", "kept_id", "method", "score")


def candidates(profiles: "DataFrame") -> "DataFrame":
    """The documents that could stay: ``id, normal_hash, words, bands``."""
    from pyspark.sql import functions as F

    worthy = profiles.filter((F.col("rejected") == "") & (F.col("normal_hash") != ""))
    return worthy.select(F.col("doc_id").alias("id"), "normal_hash", "words", "bands")


def decide(profiles: "DataFrame", copies: "DataFrame") -> "DataFrame":
    """Profiles, and copies as ``doc_id, kept_id, method, score`` → the profiles with those and ``outcome``."""
    from pyspark.sql import functions as F

    joined = profiles.join(broadcast_if_small(copies), "doc_id", how="left")
    outcome = (
        F.when(F.col("rejected") != "", F.col("rejected"))
        .when(F.col("normal_hash") == "", F.lit(EMPTY))
        .when(F.col("kept_id").isNotNull(), F.lit(DUPLICATE))
        .otherwise(F.lit(CHUNKED))
    )
    return joined.withColumn("outcome", outcome).select(*profiles.columns, *DECISION)


def differing(now: "DataFrame", before: "DataFrame", key: str, columns: tuple[str, ...]) -> "DataFrame":
    """The rows of ``now`` that are not in ``before``, or there with another value in one of the columns."""
    from pyspark.sql import functions as F

    old = before.select(key, *(F.col(name).alias(f"old_{name}") for name in columns), F.lit(True).alias("was_there"))
    same = F.col("was_there").isNotNull()
    for name in columns:
        same = same & F.col(name).eqNullSafe(F.col(f"old_{name}"))
    return now.join(old, key, how="left").filter(~same).select(*now.columns)


def anti_join(rows: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """The rows whose ``doc_id`` is none of these."""
    return rows.join(broadcast_if_small(ids.select("doc_id")), "doc_id", how="left_anti")


def semi_join(rows: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """The rows whose ``doc_id`` is one of these."""
    return rows.join(broadcast_if_small(ids.select("doc_id")), "doc_id", how="left_semi")
