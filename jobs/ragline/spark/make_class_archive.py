"""Make the archive of the classes that Spark loads: ``python -m ragline.spark.make_class_archive``."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.spark import SparkSettings
from ragline.errors import ConfigError
from ragline.spark.class_archive import ARCHIVE, write_archive
from ragline.spark.jvm_options import SERIAL_JVM
from ragline.spark.session import spark_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_SECONDS_TO_WRITE = 120


def make_archive(archive: Path = ARCHIVE) -> None:
    """Start Spark, have it do some of everything that the jobs have it do, and keep the classes that it loaded.

    Raises:
        ConfigError: there is no Java that runs Spark, or it wrote no archive.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        made = Path(folder) / archive.name
        conf = {"spark.driver.extraJavaOptions": f"{SERIAL_JVM} {write_archive(made)}"}
        spark = spark_session("class archive", SparkSettings(master="local[1]", conf=conf))
        _use(spark)
        _end(spark)
        if not made.is_file():
            raise ConfigError("Java wrote no archive of Spark's classes. Spark works without; its jobs start some seconds later.")
        os.replace(made, archive)


def _use(spark: "SparkSession") -> None:
    import pyarrow as pa
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    numbers = pa.table({"key": [str(number % 7) for number in range(64)], "number": list(range(64)), "many": [[1, 2]] * 64})
    for adaptive in ("false", "true"):
        spark.conf.set("spark.sql.adaptive.enabled", adaptive)
        rows = _through_python(spark.createDataFrame(numbers)).persist()
        latest = rows.withColumn("last", F.max("number").over(Window.partitionBy("key"))).filter("number < last")
        counted = latest.groupBy("key").agg(F.count("*").alias("count"), F.sort_array(F.collect_list("number")).alias("numbers"))
        joined = rows.join(counted, "key", how="left").join(F.broadcast(counted.select("key").limit(3)), "key", how="left_semi")
        apart = rows.join(counted.filter("count > 100"), "key", how="left_anti").select("key", F.explode("many").alias("one"))
        both = joined.select("key", F.lit(1).cast("bigint").alias("one")).unionByName(apart).distinct().localCheckpoint()
        _through_python(both.repartition(2, "key")).toArrow()
        both.filter("one is not null").groupBy("key").count().collect()
    spark.catalog.clearCache()


def _through_python(rows: "DataFrame") -> "DataFrame":
    def same(batches: "pa.RecordBatchReader") -> "pa.RecordBatchReader":
        yield from batches

    return rows.mapInArrow(same, rows.schema)


def _end(spark: "SparkSession") -> None:
    """Stop Spark, and wait for its JVM, which writes the archive as it ends."""
    from pyspark import SparkContext

    jvm = SparkContext._gateway.proc
    spark.stop()
    SparkContext._gateway.shutdown()
    jvm.stdin.close()
    jvm.wait(_SECONDS_TO_WRITE)


if __name__ == "__main__":
    make_archive()
