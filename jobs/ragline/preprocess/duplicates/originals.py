"""Which texts stay, and which stand back for which: the same for documents and for chunks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragline.preprocess.duplicates import exact, near
from ragline.preprocess.duplicates.near_pairs import ShinglesOf, near_copies
from ragline.runtime.preprocess_settings import CopySettings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from ragline.runtime.lake import Lake


@dataclass(frozen=True)
class Originals:
    """``copies``: id, kept_id, method, score of everything that is dropped. ``compared``: pairs to remember, or None."""

    copies: "DataFrame"
    compared: "DataFrame | None"


def choose_originals(
    texts: "DataFrame", lake: "Lake", shingles_of: ShinglesOf, copies: CopySettings, shingle_words: int
) -> Originals:
    """``id, normal_hash, words, bands`` of all texts that could stay → which of them are dropped, and for what.

    Of equal texts the one with the smallest id stays; near-copies in the order of ``near``, longest first. Every copy
    names an original that stays.
    """
    from pyspark.sql import functions as F

    nodes = texts.groupBy(F.col("normal_hash").alias("hash")).agg(
        F.min("id").alias("original"), F.first("words").alias("words"), F.first("bands").alias("bands")
    )
    originals = nodes.select("hash", "original")
    members = texts.select("id", F.col("normal_hash").alias("hash"))
    same = members.join(originals, "hash", how="inner").filter(F.col("id") != F.col("original"))
    same = same.select(
        "id", "hash", F.col("original").alias("kept_id"), F.lit(exact.METHOD).alias("method"), F.lit(1.0).alias("score")
    )
    if copies.near is None:
        return Originals(same.drop("hash"), None)
    found = near_copies(nodes.filter(F.size("bands") > 0), lake, shingles_of, copies.near, shingle_words)
    if found.dropped is None:
        return Originals(same.drop("hash"), found.compared)
    kept = originals.toDF("kept_hash", "kept_id")
    gone = found.dropped.join(kept, "kept_hash", how="inner").select("hash", "kept_id", "score")
    close = members.join(gone, "hash", how="inner")
    close = close.select("id", "kept_id", F.lit(near.METHOD).alias("method"), "score")
    rest = same.join(gone.select("hash"), "hash", how="left_anti").drop("hash")
    return Originals(rest.unionByName(close), found.compared)
