"""The Spark session of a job, whether started by spark-submit or by hand."""

import logging
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.spark import SparkSettings
from ragline.errors import ConfigError
from ragline.runtime.engine import note_spark
from ragline.spark.class_archive import use_archive
from ragline.spark.jvm_options import SERIAL_JVM
from ragline.spark.placement import is_submitted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# The jobs here hand ids and file names to Spark, not texts; adaptive execution joins partitions that turn out small.
_DEFAULTS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
    "spark.sql.adaptive.enabled": "true",
    # Of what Python functions return Spark cannot know the size: nothing is broadcast for a guess, only what it has seen.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB",
    "spark.sql.shuffle.partitions": "64",
    "spark.sql.adaptive.coalescePartitions.initialPartitionNum": "64",
    "spark.python.worker.reuse": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_ON_THIS_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def spark_session(app_name: str, settings: SparkSettings) -> "SparkSession":
    """The running session, or a new one with these settings.

    Under spark-submit, master, memory and whatever else the submit command set stay as they are.

    Raises:
        ConfigError: there is no Java to run Spark with, or it does not start.
    """
    _require_java()
    submitted = is_submitted()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    if not submitted and settings.master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    from ragline.spark import warm_jvm

    if running := SparkSession.getActiveSession():
        note_spark(running.version)
        return running
    logging.getLogger("py4j").setLevel(logging.WARNING)
    borrowed = not submitted and warm_jvm.borrow(settings)
    try:
        builder = SparkSession.builder.appName(app_name)
        for key, value in _configuration(settings, submitted).items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise ConfigError(f"Spark did not start (is Java 17 or newer? see the log above): {error}") from error
    session.sparkContext.setLogLevel("ERROR")
    note_spark(session.version)
    if borrowed:
        warm_jvm.hand_on(session)
    return session


def _configuration(settings: SparkSettings, submitted: bool) -> dict[str, str]:
    if not submitted:
        own = {"spark.master": settings.master, "spark.driver.memory": settings.driver_memory}
        jvm = {"spark.driver.extraJavaOptions": f"{SERIAL_JVM} {use_archive()}"}
        local = {**_ON_THIS_MACHINE, **jvm} if settings.master.startswith("local") else {}
        return {**_DEFAULTS, **local, **own, **settings.conf}
    from pyspark import SparkConf, SparkContext

    SparkContext._ensure_initialized()  # connects to the JVM that spark-submit started, which knows its own settings
    given = dict(SparkConf().getAll())
    local = _ON_THIS_MACHINE if given.get("spark.master", "").startswith("local") else {}
    return {**_DEFAULTS, **local, **settings.conf, **given}


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    found = (Path(home) / "bin" / "java").is_file() if home else shutil.which("java") is not None
    if not found:
        where = f"JAVA_HOME is {home!r}, where there is none" if home else "there is none"
        raise ConfigError(f"Spark needs Java 17 or newer and {where}: install a JDK (Debian: openjdk-17-jre-headless).")
