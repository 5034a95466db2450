"""Joins by a key of rows that hold ids, hashes and numbers, never texts."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.spark.tuning import broadcast_if_small


def semi_join(rows: DataFrame, wanted: DataFrame, key: str = "doc_id") -> DataFrame:
    """The rows whose key is one of the wanted ones."""
    return rows.join(broadcast_if_small(wanted.select(key)), key, how="left_semi")


def anti_join(rows: DataFrame, unwanted: DataFrame, key: str = "doc_id") -> DataFrame:
    """The rows whose key is none of the unwanted ones."""
    return rows.join(broadcast_if_small(unwanted.select(key)), key, how="left_anti")


def changed_rows(now: DataFrame, before: DataFrame, key: str, columns: tuple[str, ...]) -> DataFrame:
    """The rows of ``now`` that ``before`` does not have, or has with another value in one of the columns."""
    old = before.select(key, *(F.col(name).alias(f"old_{name}") for name in columns), F.lit(True).alias("was_there"))
    same = F.col("was_there").isNotNull()
    for name in columns:
        same = same & F.col(name).eqNullSafe(F.col(f"old_{name}"))
    return now.join(old, key, how="left").filter(~same).select(*now.columns)
