"""Which engine did a run's work: Spark where a session was started or used, else this Python process."""

import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """An engine, by the name and version that lineage gives it."""

    name: str
    version: str


_spark: Engine | None = None  # of the run that this process is at; a process runs one job after the other


def note_spark(version: str) -> None:
    """Remember that the run at hand uses Spark."""
    global _spark
    _spark = Engine("spark", version)


def forget_engine() -> None:
    """Begin a new run: what an earlier one of this process used does not count."""
    global _spark
    _spark = None


def engine_used() -> Engine:
    """The engine of the run so far."""
    return _spark or Engine("python", platform.python_version())
