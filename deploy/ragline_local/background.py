"""Hold a stack until told to stop: the process behind ``up``."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from ragline.config.loader import shared_tracking_uri
from ragline.errors import RaglineError
from ragline_local.airflow_settings import USER
from ragline_local.logs import last_lines
from ragline_local.running import Running, find_running, record, state_file
from ragline_local.stack import Stack

START_SECONDS = 240.0


def start_detached(root: Path, airflow_port: int | None, mlflow_port: int | None) -> Running:
    """Start a process that holds the stack and outlives this one; return when it is ready.

    Raises:
        RaglineError: it did not start; with the end of its log.
    """
    log = root / ".ragline" / "stack.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    options = [("--airflow-port", airflow_port), ("--mlflow-port", mlflow_port)]
    ports = [part for name, port in options if port for part in (name, str(port))]
    command = [sys.executable, "-m", "ragline_local", "serve", *ports]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        return _wait_ready(process, root, log)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _wait_ready(process: "subprocess.Popen[bytes]", root: Path, log: Path) -> Running:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        running = find_running(root)
        if running and running.pid == process.pid:
            return running
        if process.poll() is not None:
            raise RaglineError(f"The stack did not start. {log} ends with:\n{last_lines(log, 15)}")
        time.sleep(0.3)
    raise RaglineError(f"The stack was not ready within {START_SECONDS:.0f} s. {log} says more.")


def hold(root: Path, airflow_port: int | None, mlflow_port: int | None) -> None:
    """Run the stack, say in the state file where, until TERM or until a component ends."""
    stack = Stack(root, tracking_uri=shared_tracking_uri(root), airflow_port=airflow_port, mlflow_port=mlflow_port)
    with stack:
        own = psutil.Process(os.getpid())
        record(
            root,
            Running(own.pid, own.create_time(), stack.address, stack.mlflow_address or "", USER, stack.password),
        )
        try:
            while True:
                stack.check()
                time.sleep(2)
        finally:
            state_file(root).unlink(missing_ok=True)


def stop_on_signals() -> None:
    """Make TERM and HUP end this process as Ctrl-C does, so that everything is stopped on the way out."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
