"""Choose the kept text of each group of copies: the same for documents and for chunks."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.config.preprocess import CopySettings
from ragline.lake.lake import Lake
from ragline.preprocess.duplicates import exact, near_pairs
from ragline.preprocess.duplicates.near_copies import ShinglesOf, find_near_copies
from ragline.preprocess.joins import anti_join, semi_join
from ragline.spark.tuning import broadcast_if_small


@dataclass(frozen=True)
class KeptTexts:
    """``copies``: id, kept_id, method, score of every text that is dropped for one that is kept. ``new_pairs``: similarities
    that were computed for it (``first, second, score``), to be stored; None if there are none."""

    copies: DataFrame
    new_pairs: DataFrame | None


def choose_kept_texts(
    texts: DataFrame,
    lake: Lake,
    shingles_of: ShinglesOf,
    copies: CopySettings,
    shingle_words: int,
    changed_texts: DataFrame | None = None,
) -> KeptTexts:
    """``id, normal_hash, words, bands`` of all texts that may be kept → which of them are dropped, and for which.

    Of equal texts the one with the smallest id is kept; of near-copies the first in the order of ``near_pairs``, the longest.
    What a copy is dropped for is always kept itself. ``changed_texts``: all texts (with their ``bands``) that came or went
    since this was last done; None if that is not known, which costs more and gives the same.
    """
    members = texts.select("id", F.col("normal_hash").alias("hash"))
    repeated = members.groupBy("hash").count().filter("count > 1").select("hash")
    equal = members.join(broadcast_if_small(_smallest_ids(members, repeated)), "hash", how="inner")
    equal = equal.filter(F.col("id") != F.col("kept_id"))
    equal = equal.select("id", "hash", "kept_id", F.lit(exact.METHOD).alias("method"), F.lit(1.0).alias("score"))
    if copies.near is None:
        return KeptTexts(equal.drop("hash"), None)
    nodes = texts.select(F.col("normal_hash").alias("hash"), "words", "bands")
    near = find_near_copies(nodes, lake, shingles_of, copies.near, shingle_words, changed_texts)
    if near.dropped is None:
        return KeptTexts(equal.drop("hash"), near.new_pairs)
    kept = _smallest_ids(members, near.dropped.select(F.col("kept_hash").alias("hash")).distinct())
    dropped = near.dropped.join(broadcast_if_small(kept.toDF("kept_hash", "kept_id")), "kept_hash", how="inner")
    dropped = dropped.select("hash", "kept_id", "score")
    close = members.join(broadcast_if_small(dropped), "hash", how="inner")
    close = close.select("id", "kept_id", F.lit(near_pairs.METHOD).alias("method"), "score")
    # The smallest id of equal texts is no original where their text is dropped as a near-copy: all are dropped for its original.
    only_equal = anti_join(equal, dropped, "hash").drop("hash")
    return KeptTexts(only_equal.unionByName(close), near.new_pairs)


def _smallest_ids(members: DataFrame, hashes: DataFrame) -> DataFrame:
    """``hash, kept_id``: of the texts with one of these hashes, the smallest id."""
    return semi_join(members, hashes, "hash").groupBy("hash").agg(F.min("id").alias("kept_id"))
