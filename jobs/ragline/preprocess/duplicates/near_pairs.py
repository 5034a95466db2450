"""Near-copies: pairs found by MinHash LSH, confirmed by their exact Jaccard similarity, decided in a total order.

A *node* is one distinct text, named by its hash. Nodes are ordered by ``(-words, hash)``: the longest comes first, and
nothing but the texts themselves decides. Which pairs are compared, and what is dropped for what, are functions of the
set of nodes alone, so that it does not matter in how many runs they came.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.preprocess.duplicates.shingles import jaccard
from ragline.preprocess.joins import semi_join
from ragline.spark.small_frames import checkpointed, map_batches

METHOD = "minhash"

# In a bucket every node is compared with so many of the first ones; of 10,000 that is 80,000 pairs and not 50 million.
# Groups of near-copies share many buckets, so that one bucket's leaders hardly ever have to speak for two groups.
LEADERS = 8
_SCORED = pa.schema([("first", pa.string()), ("second", pa.string()), ("score", pa.float64())])


def candidate_pairs(nodes: DataFrame, bands: DataFrame | None = None) -> DataFrame:
    """``hash, words, bands`` (a node may be there several times) → distinct pairs ``first, second`` of nodes that share a
    band, the earlier one first. ``bands``: search these alone (column ``band``); None: all."""
    banded = nodes.select("hash", "words", F.explode("bands").alias("band"))
    # Few bands are shared, and to count a band's members costs a fraction of what it costs to put them in order.
    shared = banded.groupBy("band").count().filter("count > 1").select("band") if bands is None else bands
    order = F.struct((-F.col("words")).alias("rank"), F.col("hash"))
    members = semi_join(banded, shared, "band").select("band", order.alias("node")).distinct()
    buckets = members.groupBy("band").agg(F.sort_array(F.collect_list("node")).alias("members"))
    leaders = buckets.select(F.explode(F.slice("members", 1, LEADERS)).alias("first"), "members")
    pairs = leaders.select("first", F.explode("members").alias("second")).filter(F.col("first") < F.col("second"))
    return pairs.select(F.col("first.hash").alias("first"), F.col("second.hash").alias("second")).distinct()


def score_pairs(pairs: DataFrame, shingled: DataFrame, *, many: bool) -> DataFrame:
    """``first, second`` → the same with ``score``, the exact Jaccard similarity. ``shingled``: ``hash, shingles`` (binary:
    sorted distinct 64-bit hashes). ``many``: too many pairs for one process to hold the shingles of."""
    left = shingled.toDF("first", "left_shingles")
    right = shingled.toDF("second", "right_shingles")
    joined = pairs.join(left, "first", how="inner").join(right, "second", how="inner")
    return map_batches(joined, _score, _SCORED, parallel=many)


def drop_near_copies(edges: DataFrame) -> DataFrame | None:
    """``first, second, score`` of all pairs that are near-copies → ``hash, kept_hash, score`` of every node that is dropped.

    In the nodes' order a node is dropped if one that is kept comes before it among its near-copies: the lexicographically
    first maximal independent set, found in rounds (Luby, 1986; Blelloch, Fineman and Shun, 2012). A chain a-b-c keeps a and
    c: b is dropped for a, and what is dropped cannot be an original for c.
    """
    open_edges = checkpointed(edges)
    dropped: DataFrame | None = None
    while not open_edges.isEmpty():
        # Kept in this round: nodes that are second in no open pair, so that nothing undecided comes before them.
        later = open_edges.select(F.col("second").alias("first"))
        kept = open_edges.join(later, "first", how="left_anti")
        # Their near-copies are dropped, each for the nearest, of equally near ones the one with the smallest hash.
        nearest_first = F.struct(-F.col("score"), F.col("first"))
        original = F.min_by(F.struct(F.col("first").alias("kept_hash"), "score"), nearest_first)
        losing = kept.groupBy(F.col("second").alias("hash")).agg(original.alias("original"))
        losing = checkpointed(losing.select("hash", "original.kept_hash", "original.score"))
        dropped = losing if dropped is None else dropped.unionByName(losing)
        # Pairs of a node that is decided are settled; the rest goes to the next round.
        hashes = losing.select("hash")
        rest = open_edges.join(kept.select("first"), "first", how="left_anti")
        rest = rest.join(hashes.toDF("first"), "first", how="left_anti").join(hashes.toDF("second"), "second", how="left_anti")
        open_edges = checkpointed(rest.select("first", "second", "score"))
    return dropped


def _score(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        pairs = zip(batch["left_shingles"].to_pylist(), batch["right_shingles"].to_pylist(), strict=True)
        scores = [jaccard(np.frombuffer(left, np.uint64), np.frombuffer(right, np.uint64)) for left, right in pairs]
        yield pa.RecordBatch.from_arrays(
            [batch["first"], batch["second"], pa.array(scores, pa.float64())], ["first", "second", "score"]
        )
