"""The Spark session of a job, whether started by spark-submit or by hand."""

import os
import shutil
import sys
from typing import TYPE_CHECKING

from ragline.errors import ConfigError
from ragline.runtime.settings import SparkSettings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_session(app_name: str, settings: SparkSettings) -> "SparkSession":
    """The running session, or a new one with these settings.

    Raises:
        ConfigError: there is no Java to run Spark with.
    """
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise ConfigError("Spark needs Java 17 or newer and there is none: install a JDK (Debian: openjdk-17-jre-headless).")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName(app_name)
    defaults = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1" if settings.master.startswith("local") else "0.0.0.0",
    }
    if "SPARK_ENV_LOADED" not in os.environ:  # not under spark-submit, which sets master and memory itself
        builder = builder.master(settings.master).config("spark.driver.memory", settings.driver_memory)
        if settings.master.startswith("local"):
            defaults["spark.driver.host"] = "127.0.0.1"
    for key, value in {**defaults, **settings.conf}.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
