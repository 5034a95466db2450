"""Which blocks so many documents of a source share that they are its boilerplate."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from ragline.config.preprocess import BoilerplateSettings
from ragline.preprocess.cleaning.boilerplate import threshold

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Marks = Mapping[str, frozenset[int]]

_USUAL, _OTHER = 1, 0  # a mark of each kind: odd ones look like boilerplate by themselves


def shared_blocks(documents: "DataFrame", settings: BoilerplateSettings) -> Marks:
    """``source, marks`` of all documents → by source, the marks of its boilerplate: a few dozen, however many documents.

    Counts alone decide, so that it does not matter in which run a document came.
    """
    from pyspark.sql import functions as F

    if not settings.remove:
        return {}
    sizes = {row["source"]: row["count"] for row in documents.groupBy("source").count().collect()}
    usual, other = ([threshold(size, kind, settings) for size in sizes.values()] for kind in (_USUAL, _OTHER))
    if all(size < least for size, least in zip(sizes.values(), usual, strict=True)):
        return {}
    limits = pa.table({"source": pa.array(sizes, pa.string()), "usual": usual, "other": other})
    enough = documents.sparkSession.createDataFrame(limits)
    counted = documents.select("source", F.explode("marks").alias("mark")).groupBy("source", "mark").count()
    odd = F.col("mark").bitwiseAND(1) == 1
    shared = counted.join(F.broadcast(enough), "source", how="inner")
    shared = shared.filter(F.col("count") >= F.when(odd, F.col("usual")).otherwise(F.col("other")))
    found = shared.groupBy("source").agg(F.collect_list("mark").alias("marks")).collect()
    return {row["source"]: frozenset(row["marks"]) for row in found}


def difference(left: Marks, right: Marks) -> Marks:
    """By source, the marks that are in one of the two and not in the other."""
    sources = {*left, *right}
    found = {source: left.get(source, frozenset()) ^ right.get(source, frozenset()) for source in sources}
    return {source: marks for source, marks in found.items() if marks}


def has_any(marks: Marks) -> "Column":
    """Whether a row with ``source`` and ``marks`` has one of these."""
    from pyspark.sql import functions as F

    found = F.lit(False)
    for source, some in sorted(marks.items()):
        wanted = F.array(*(F.lit(mark) for mark in sorted(some)))
        found = found | ((F.col("source") == source) & F.arrays_overlap("marks", wanted))
    return found
