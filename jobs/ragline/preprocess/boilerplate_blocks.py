"""Find a source's boilerplate: the blocks of text that enough of its documents share.

A block is known by its hash (the column ``marks`` holds a document's), which is odd if the block looks like boilerplate by
itself and even otherwise.
"""

from collections.abc import Mapping

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ragline.config.preprocess import BoilerplateSettings
from ragline.preprocess.cleaning.boilerplate import threshold

# By source, hashes of blocks.
BlockHashes = Mapping[str, frozenset[int]]

_USUAL, _OTHER = 1, 0  # a hash of each kind, to ask for the threshold


def boilerplate_blocks(documents: DataFrame, settings: BoilerplateSettings) -> BlockHashes:
    """``source, marks`` of all documents → by source, the hashes of its boilerplate: a few dozen, however many documents.

    Counts alone decide, so that it does not matter in which run a document came.
    """
    if not settings.remove:
        return {}
    sizes = {row["source"]: row["count"] for row in documents.groupBy("source").count().collect()}
    usual, other = ([threshold(size, kind, settings) for size in sizes.values()] for kind in (_USUAL, _OTHER))
    # No block can reach the threshold of a source that is smaller than it: nothing has to be counted.
    if all(size < least for size, least in zip(sizes.values(), usual, strict=True)):
        return {}
    limits = pa.table({"source": pa.array(sizes, pa.string()), "usual": usual, "other": other})
    thresholds = documents.sparkSession.createDataFrame(limits)
    counted = documents.select("source", F.explode("marks").alias("block")).groupBy("source", "block").count()
    looks_usual = F.col("block").bitwiseAND(1) == 1
    shared = counted.join(F.broadcast(thresholds), "source", how="inner")
    shared = shared.filter(F.col("count") >= F.when(looks_usual, F.col("usual")).otherwise(F.col("other")))
    found = shared.groupBy("source").agg(F.collect_list("block").alias("blocks")).collect()
    return {row["source"]: frozenset(row["blocks"]) for row in found}


def changed_blocks(before: BlockHashes, now: BlockHashes) -> BlockHashes:
    """By source, the blocks that became boilerplate or stopped being it."""
    sources = {*before, *now}
    found = {source: before.get(source, frozenset()) ^ now.get(source, frozenset()) for source in sources}
    return {source: blocks for source, blocks in found.items() if blocks}


def has_any_block(blocks: BlockHashes) -> Column:
    """Whether a row with ``source`` and ``marks`` has one of these blocks."""
    found = F.lit(False)
    for source, hashes in sorted(blocks.items()):
        wanted = F.array(*(F.lit(block) for block in sorted(hashes)))
        found = found | ((F.col("source") == source) & F.arrays_overlap("marks", wanted))
    return found
