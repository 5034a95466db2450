"""Find the near-copies among texts; similarities that an earlier run computed are taken from the lake."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.contracts.tables import NEAR_PAIRS
from ragline.lake.lake import Lake
from ragline.preprocess.duplicates.near_pairs import candidate_pairs, drop_near_copies, score_pairs
from ragline.preprocess.joins import semi_join
from ragline.spark.small_frames import checkpointed
from ragline.spark.stored_rows import stored_log
from ragline.spark.tuning import broadcast_if_small

# Shingles of a long text are a megabyte.
_MANY_PAIRS = 500

# ``hash`` of nodes → ``hash, shingles``: reads their texts.
ShinglesOf = Callable[[DataFrame], DataFrame]


@dataclass(frozen=True)
class NearCopies:
    """``dropped``: hash, kept_hash, score of the nodes to drop (None: none). ``new_pairs``: similarities that were computed
    (``first, second, score``), to be stored (None: none)."""

    dropped: DataFrame | None
    new_pairs: DataFrame | None


def find_near_copies(
    nodes: DataFrame,
    lake: Lake,
    shingles_of: ShinglesOf,
    threshold: float,
    shingle_words: int,
    changed_texts: DataFrame | None = None,
) -> NearCopies:
    """``hash, words, bands`` of all texts → which of them are dropped as near-copies of which.

    ``changed_texts``: texts that came or went since the last run (``bands``); None: not known, so that all pairs are candidates.
    """
    known = stored_log(nodes.sparkSession, lake, NEAR_PAIRS, ("left_hash", "right_hash", "shingle_words", "score"))
    known = known.filter(F.col("shingle_words") == shingle_words)
    known = known.select(F.col("left_hash").alias("first"), F.col("right_hash").alias("second"), "score")
    known_copies = known.filter(F.col("score") >= threshold)
    bands = None if changed_texts is None else _bands_to_search(nodes, changed_texts, known_copies)
    candidates = checkpointed(candidate_pairs(nodes, bands))
    if candidates.isEmpty():
        return NearCopies(None, None)
    scored = checkpointed(candidates.join(known, ["first", "second"], how="left"))
    unknown = scored.filter("score is null").select("first", "second")
    scored, new_pairs = scored.filter("score is not null"), None
    if number := unknown.count():
        wanted = unknown.select(F.explode(F.array("first", "second")).alias("hash")).distinct()
        new_pairs = checkpointed(score_pairs(unknown, shingles_of(wanted), many=number > _MANY_PAIRS))
        scored = scored.unionByName(new_pairs)
    return NearCopies(drop_near_copies(scored.filter(F.col("score") >= threshold)), new_pairs)


def _bands_to_search(nodes: DataFrame, changed_texts: DataFrame, known_copies: DataFrame) -> DataFrame:
    """The bands in which there may be near-copies, so that the others need not be searched.

    A pair is found in a band that both share. If neither came since the last run, it was found then, and is a known copy. But
    who leads a bucket may have changed with the texts that came or went, so that their bands are searched whole.
    """
    hashes = known_copies.select(F.explode(F.array("first", "second")).alias("hash"))
    named = semi_join(nodes, hashes, "hash").select("hash", "bands").dropDuplicates(["hash"])
    pairs = known_copies.join(broadcast_if_small(named.toDF("first", "left_bands")), "first", how="inner")
    pairs = pairs.join(broadcast_if_small(named.toDF("second", "right_bands")), "second", how="inner")
    shared = pairs.select(F.explode(F.array_intersect("left_bands", "right_bands")).alias("band"))
    return shared.unionByName(changed_texts.select(F.explode("bands").alias("band"))).distinct()
