"""Run a Ragline job through spark-submit."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException

import ragline
from ragline.config.settings import Settings
from ragline.errors import EXIT_DONE, EXIT_FAILED
from ragline.runtime.guard import guarded
from ragline_airflow.assets import asset
from ragline_airflow.events import Options, command_options
from ragline_airflow.job_run import JobRun
from ragline_airflow.process_operator import RaglineJobOperator

GRACE_SECONDS = 10.0


class GuardedSparkSubmitHook(SparkSubmitHook):
    """Starts spark-submit under a guard, so that its JVM and its Python workers end with the task."""

    def __init__(self, *, environment: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._environment = environment

    def submit(self, application: str = "", **kwargs: Any) -> str | None:
        """Run spark-submit with the job's environment; secrets never reach the command line."""
        return super().submit(
            application, stdin=subprocess.PIPE, start_new_session=True, env=self._environment, errors="replace", **kwargs
        )

    def on_kill(self) -> None:
        """End the process tree, then whatever runs elsewhere."""
        process = self._submit_sp
        if process is not None and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_SECONDS + 5)
        super().on_kill()

    @property
    def exit_code(self) -> int:
        """How spark-submit ended; in client mode it is the job's own exit code."""
        return EXIT_FAILED if self._submit_sp is None else self._submit_sp.returncode

    def _build_spark_submit_command(self, application: str) -> list[str]:
        return guarded(super()._build_spark_submit_command(application), GRACE_SECONDS)


class RaglineSparkOperator(SparkSubmitOperator):
    """Runs any ``ragline`` command (``preprocess``, ``gate chunks`` …) through spark-submit, on the pipeline's ``spark.master``.

    The arguments are those of the command line, and it ends as ``RaglineJobOperator`` does; see there for ``options`` and
    ``publishes``. Which steps of the command then work in Spark is the job's own decision (``spark.use``).
    """

    ui_color = "#f5e6d0"

    def __init__(
        self, *, command: str, settings: Settings, options: Options | None = None, publishes: str | None = None, **kwargs: Any
    ) -> None:
        if publishes:
            kwargs["outlets"] = [asset(settings.pipeline, publishes)]
        super().__init__(
            application=str(Path(ragline.__file__).parent / "spark" / "submit.py"),
            name=".".join((settings.pipeline, *command.split())),
            conn_id=f"ragline_spark_{settings.pipeline}",
            conf=dict(settings.spark.conf),
            driver_memory=settings.spark.driver_memory,
            spark_binary=str(Path(sys.executable).parent / "spark-submit"),
            **kwargs,
        )
        self.command = command
        self.settings = settings
        self.options = options or {}
        self.publishes = publishes
        self._environment: dict[str, str] = {}

    def execute(self, context: Any) -> dict[str, Any]:  # type: ignore[override]
        """Submit the job; return where its manifest is, what it wrote and counted."""
        run = JobRun.of(self.settings, tuple(self.command.split()), context)
        context["ti"].xcom_push(key="run_manifest", value=run.manifest_uri)
        self.application_args = run.argv(command_options(self.options, context))
        self._environment = {
            **run.environment(context),
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
        }
        self._offer_connection()
        try:
            super().execute(context)
        except AirflowException as error:
            code = self._hook.exit_code if isinstance(self._hook, GuardedSparkSubmitHook) else EXIT_FAILED
            if run.manifest() is None and code in (EXIT_DONE, EXIT_FAILED):
                raise
            self.log.info("%s", str(error).partition("\n")[0])
            return run.finish(code or EXIT_FAILED, context, self.publishes)
        return run.finish(EXIT_DONE, context, self.publishes)

    def _offer_connection(self) -> None:
        """The Spark connection is the configuration's ``spark.master``, unless the environment already defines one."""
        conf = self.settings.spark.conf
        extra = {"deploy-mode": conf["spark.submit.deployMode"]} if "spark.submit.deployMode" in conf else {}
        connection = {"conn_type": "spark", "host": self.settings.spark.master, "extra": extra}
        os.environ.setdefault(f"AIRFLOW_CONN_{self._conn_id.upper()}", json.dumps(connection))

    def _get_hook(self) -> SparkSubmitHook:
        return GuardedSparkSubmitHook(
            environment=self._environment,
            conf=self.conf,
            conn_id=self._conn_id,
            name=self.name,
            driver_memory=self._driver_memory,
            application_args=self.application_args,
            spark_binary=self._spark_binary,
        )


def spark_job(*, settings: Settings, **kwargs: Any) -> BaseOperator:
    """The operator of a job that needs Spark; arguments as of both operators.

    On this machine the job starts Spark itself, or borrows the JVM that a local stack keeps; spark-submit would only start one
    more. For any other ``spark.master`` it is submitted.
    """
    is_local = settings.spark.master.startswith("local")
    return RaglineJobOperator(settings=settings, **kwargs) if is_local else RaglineSparkOperator(settings=settings, **kwargs)
