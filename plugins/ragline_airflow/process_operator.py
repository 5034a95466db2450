"""Run a Ragline job as a process of this worker."""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from airflow.sdk import BaseOperator

from ragline.config.settings import Settings
from ragline.runtime.guard import guarded
from ragline.runtime.shown_text import shown
from ragline_airflow.assets import asset
from ragline_airflow.events import Options, command_options
from ragline_airflow.job_run import JobRun

GRACE_SECONDS = 10.0
RAGLINE = (sys.executable, "-m", "ragline.cli")


class RaglineJobOperator(BaseOperator):
    """Runs ``ragline <command>`` and makes its end the task's.

    Exit code 3 skips the task, 2 and 4 fail it without retry, any other but 0 may be retried. The job's output goes to the
    task's log as it comes. What was started is ended, TERM then KILL, when the task is killed or its process dies.

    :param command: the job, as one types it: ``"gate documents"``
    :param settings: the pipeline
    :param options: the job's options; values may be ``RunValue``
    :param publishes: the asset that this task's success announces, with dataset and version in the event's ``extra``
    :param program: what runs the command line
    """

    ui_color = "#dbe8f5"

    def __init__(
        self,
        *,
        command: str,
        settings: Settings,
        options: Options | None = None,
        publishes: str | None = None,
        program: Sequence[str] = RAGLINE,
        **kwargs: Any,
    ) -> None:
        if publishes:
            kwargs["outlets"] = [asset(settings.pipeline, publishes)]
        super().__init__(**kwargs)
        self.command = command
        self.settings = settings
        self.options = options or {}
        self.publishes = publishes
        self.program = tuple(program)
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Any) -> dict[str, Any]:
        """Run the job; return where its manifest is, what it wrote and counted."""
        run = JobRun.of(self.settings, tuple(self.command.split()), context)
        context["ti"].xcom_push(key="run_manifest", value=run.manifest_uri)
        argv = [*self.program, *run.argv(command_options(self.options, context))]
        self.log.info("%s", " ".join(argv))
        return run.finish(self._run(argv, run.environment(context)), context, self.publishes)

    def on_kill(self) -> None:
        """End the job and everything it started."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS + 5)

    def _run(self, argv: list[str], environment: dict[str, str]) -> int:
        self._process = subprocess.Popen(
            guarded(argv, GRACE_SECONDS),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            env=environment,
            cwd=self.settings.root,
        )
        with self._process as process:
            for line in process.stdout or ():
                self.log.info("%s", shown(line.rstrip()))
            return process.wait()
