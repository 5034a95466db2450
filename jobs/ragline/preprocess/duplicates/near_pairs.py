"""The near-copies among some nodes, with what was compared before taken from the lake and the rest compared now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragline.contracts.tables import NEAR_PAIRS
from ragline.preprocess.duplicates.near import candidate_pairs, drop_near_copies, score_pairs
from ragline.runtime.frames.stored_rows import stored_log

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from ragline.runtime.lake import Lake

# ``hash`` of nodes → ``hash, shingles``: reads their texts.
ShinglesOf = Callable[["DataFrame"], "DataFrame"]


@dataclass(frozen=True)
class NearCopies:
    """``dropped``: hash, kept_hash, score of the nodes that go (None: all stay).
    ``compared``: pairs to remember (None: there are none)."""

    dropped: "DataFrame | None"
    compared: "DataFrame | None"


def near_copies(nodes: "DataFrame", lake: "Lake", shingles_of: ShinglesOf, threshold: float, shingle_words: int) -> NearCopies:
    """``hash, words, bands`` of all texts → which of them go."""
    from pyspark.sql import functions as F

    candidates = candidate_pairs(nodes).localCheckpoint()
    if candidates.isEmpty():
        return NearCopies(None, None)
    known = stored_log(nodes.sparkSession, lake, NEAR_PAIRS, ("left_hash", "right_hash", "shingle_words", "score"))
    known = known.filter(F.col("shingle_words") == shingle_words)
    known = known.select(F.col("left_hash").alias("first"), F.col("right_hash").alias("second"), "score")
    scored = candidates.join(known, ["first", "second"], how="left").localCheckpoint()
    unknown = scored.filter("score is null").select("first", "second")
    scored, compared = scored.filter("score is not null"), None
    if not unknown.isEmpty():
        wanted = unknown.select(F.explode(F.array("first", "second")).alias("hash")).distinct()
        compared = score_pairs(unknown, shingles_of(wanted)).localCheckpoint()
        scored = scored.unionByName(compared)
    return NearCopies(drop_near_copies(scored.filter(F.col("score") >= threshold)), compared)
