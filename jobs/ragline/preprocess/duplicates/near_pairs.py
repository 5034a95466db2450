"""The near-copies among some nodes, with what was compared before taken from the lake and the rest compared now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragline.contracts.tables import NEAR_PAIRS
from ragline.preprocess.duplicates.near import candidate_pairs, drop_near_copies, score_pairs
from ragline.spark.stored_rows import stored_log
from ragline.spark.tuning import broadcast_if_small

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from ragline.lake.lake import Lake

# ``hash`` of nodes → ``hash, shingles``: reads their texts.
ShinglesOf = Callable[["DataFrame"], "DataFrame"]


@dataclass(frozen=True)
class NearCopies:
    """``dropped``: hash, kept_hash, score of the nodes that go (None: all stay).
    ``compared``: pairs to remember (None: there are none)."""

    dropped: "DataFrame | None"
    compared: "DataFrame | None"


def near_copies(
    nodes: "DataFrame",
    lake: "Lake",
    shingles_of: ShinglesOf,
    threshold: float,
    shingle_words: int,
    stirred: "DataFrame | None" = None,
) -> NearCopies:
    """``hash, words, bands`` of all texts → which of them go.

    ``stirred``: texts that came or went since the last run (``bands``). Whatever else is a pair now was one then.
    """
    from pyspark.sql import functions as F

    known = stored_log(nodes.sparkSession, lake, NEAR_PAIRS, ("left_hash", "right_hash", "shingle_words", "score"))
    known = known.filter(F.col("shingle_words") == shingle_words)
    known = known.select(F.col("left_hash").alias("first"), F.col("right_hash").alias("second"), "score")
    bands = None if stirred is None else _bands_to_look_at(nodes, stirred, known.filter(F.col("score") >= threshold))
    candidates = candidate_pairs(nodes, bands).localCheckpoint()
    if candidates.isEmpty():
        return NearCopies(None, None)
    scored = candidates.join(known, ["first", "second"], how="left").localCheckpoint()
    unknown = scored.filter("score is null").select("first", "second")
    scored, compared = scored.filter("score is not null"), None
    if not unknown.isEmpty():
        wanted = unknown.select(F.explode(F.array("first", "second")).alias("hash")).distinct()
        compared = score_pairs(unknown, shingles_of(wanted)).localCheckpoint()
        scored = scored.unionByName(compared)
    return NearCopies(drop_near_copies(scored.filter(F.col("score") >= threshold)), compared)


def _bands_to_look_at(nodes: "DataFrame", stirred: "DataFrame", copies: "DataFrame") -> "DataFrame":
    """Bands of texts that came or went, where pairs may be new or no pairs any more, and those that known copies share."""
    from pyspark.sql import functions as F

    hashes = copies.select(F.explode(F.array("first", "second")).alias("hash"))
    named = nodes.join(broadcast_if_small(hashes), "hash", how="left_semi").select("hash", "bands").dropDuplicates(["hash"])
    pairs = copies.join(broadcast_if_small(named.toDF("first", "left_bands")), "first", how="inner")
    pairs = pairs.join(broadcast_if_small(named.toDF("second", "right_bands")), "second", how="inner")
    shared = pairs.select(F.explode(F.array_intersect("left_bands", "right_bands")).alias("band"))
    return shared.unionByName(stirred.select(F.explode("bands").alias("band"))).distinct()
