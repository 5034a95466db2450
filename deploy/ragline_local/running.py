"""The stack that ``up`` left running: how it is found again, and stopped."""

import json
import os
import signal
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

STOP_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """What ``.ragline/stack.json`` says of a stack. ``started`` tells its process from a later one with the same id."""

    pid: int
    started: float
    airflow: str
    mlflow: str
    user: str
    password: str

    def process(self) -> psutil.Process | None:
        """The process that holds the stack, if it still runs."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.started) < 2 and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


def state_file(root: Path) -> Path:
    """Where the state of a project's stack is kept."""
    return root / ".ragline" / "stack.json"


def find_running(root: Path) -> Running | None:
    """The project's running stack, or None."""
    try:
        running = Running(**json.loads(state_file(root).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return running if running.process() else None


def record(root: Path, running: Running) -> None:
    """Write the state file, whole and readable to the owner alone."""
    file = state_file(root)
    draft = file.with_suffix(".tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(asdict(running), stream)
    draft.replace(file)


def stop_running(root: Path) -> bool:
    """Stop the project's stack; whether there was one. Its guards end the rest even if it has to be killed."""
    running = find_running(root)
    process = running.process() if running else None
    if process is not None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait()
    state_file(root).unlink(missing_ok=True)
    return process is not None
