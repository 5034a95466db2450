"""Which texts stay, and which stand back for which: the same for documents and for chunks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragline.config.preprocess import CopySettings
from ragline.preprocess.duplicates import exact, near
from ragline.preprocess.duplicates.near_pairs import ShinglesOf, near_copies
from ragline.spark.tuning import broadcast_if_small

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from ragline.lake.lake import Lake


@dataclass(frozen=True)
class Originals:
    """``copies``: id, kept_id, method, score of everything that is dropped. ``compared``: pairs to remember, or None."""

    copies: "DataFrame"
    compared: "DataFrame | None"


def choose_originals(
    texts: "DataFrame",
    lake: "Lake",
    shingles_of: ShinglesOf,
    copies: CopySettings,
    shingle_words: int,
    stirred: "DataFrame | None" = None,
) -> Originals:
    """``id, normal_hash, words, bands`` of all texts that could stay → which of them are dropped, and for what.

    Of equal texts the one with the smallest id stays; near-copies in the order of ``near``, longest first. Every copy
    names an original that stays. ``stirred``: all texts (with their ``bands``) that came or went since this was last done; None
    if that is not known, which costs more and gives the same.
    """
    from pyspark.sql import functions as F

    members = texts.select("id", F.col("normal_hash").alias("hash"))
    repeated = members.groupBy("hash").count().filter("count > 1").select("hash")
    same = members.join(broadcast_if_small(_smallest_ids(members, repeated)), "hash", how="inner").filter(
        F.col("id") != F.col("kept_id")
    )
    same = same.select("id", "hash", "kept_id", F.lit(exact.METHOD).alias("method"), F.lit(1.0).alias("score"))
    if copies.near is None:
        return Originals(same.drop("hash"), None)
    nodes = texts.select(F.col("normal_hash").alias("hash"), "words", "bands")
    found = near_copies(nodes, lake, shingles_of, copies.near, shingle_words, stirred)
    if found.dropped is None:
        return Originals(same.drop("hash"), found.compared)
    kept = _smallest_ids(members, found.dropped.select(F.col("kept_hash").alias("hash")).distinct())
    gone = found.dropped.join(broadcast_if_small(kept.toDF("kept_hash", "kept_id")), "kept_hash", how="inner")
    gone = gone.select("hash", "kept_id", "score")
    close = members.join(broadcast_if_small(gone), "hash", how="inner")
    close = close.select("id", "kept_id", F.lit(near.METHOD).alias("method"), "score")
    rest = same.join(broadcast_if_small(gone.select("hash")), "hash", how="left_anti").drop("hash")
    return Originals(rest.unionByName(close), found.compared)


def _smallest_ids(members: "DataFrame", hashes: "DataFrame") -> "DataFrame":
    """``hash, kept_id``: of the texts with one of these hashes, the smallest id."""
    from pyspark.sql import functions as F

    return members.join(broadcast_if_small(hashes), "hash", how="left_semi").groupBy("hash").agg(F.min("id").alias("kept_id"))
