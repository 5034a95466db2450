"""In this process or in Spark: where a step of a stage does its work. One policy, which every stage asks.

``spark.use`` says ``always``, ``never`` or ``auto``: Spark is worth its start from some size on, which the step knows.
"""

import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragline.config.spark import SparkSettings
from ragline.errors import ConfigError
from ragline.runtime.run import Run

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Amount:
    """How many of something (rows, bytes) a step has to work on, and from how many on Spark takes less time than one process."""

    unit: str
    number: int
    least_for_spark: int


@dataclass(frozen=True)
class Placement:
    """Where a step does its work, and why there."""

    in_spark: bool
    reason: str

    def __str__(self) -> str:
        return f"{'Spark' if self.in_spark else 'this process'}: {self.reason}"


def choose_placement(settings: SparkSettings, amounts: Sequence[Amount], *, cluster_always: bool = False) -> Placement:
    """Decide by configuration, then (``cluster_always``: the work belongs on a cluster where there is one) by master, then by
    size. Without amounts, a step on one machine stays in this process."""
    if settings.use != "auto":
        return Placement(settings.use == "always", f"spark.use is {settings.use}")
    if cluster_always and (is_submitted() or local_cores(settings.master) is None):
        return Placement(True, f"spark.master is {settings.master}")
    for amount in amounts:
        if amount.number >= amount.least_for_spark:
            return Placement(True, f"{amount.number:,} {amount.unit}, of {amount.least_for_spark:,} up")
    few = ", ".join(f"{amount.number:,} {amount.unit}, below {amount.least_for_spark:,}" for amount in amounts)
    return Placement(False, few or f"spark.master is {settings.master}")


def place(run: Run, step: str, amounts: Sequence[Amount] = (), *, cluster_always: bool = False) -> Placement:
    """``choose_placement`` for a step of a run, noted in the run's manifest as ``facts["placement"]``."""
    return _note(run, step, choose_placement(run.settings.spark, amounts, cluster_always=cluster_always))


def require_spark(run: Run, step: str) -> None:
    """Note that a step works in Spark, whatever its size.

    Raises:
        ConfigError: ``spark.use`` is ``never``.
    """
    if run.settings.spark.use == "never":
        raise ConfigError(f"spark.use is 'never', and {step} works in Spark only: set it to 'auto' or 'always'.")
    _note(run, step, Placement(True, "it works in Spark only"))


def _note(run: Run, step: str, placement: Placement) -> Placement:
    run.manifest.facts.setdefault("placement", {})[step] = str(placement)
    log.info("%s in %s", step, placement)
    return placement


def is_submitted() -> bool:
    """Whether spark-submit started this process, and so decided on master and memory."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def local_cores(master: str) -> int | None:
    """How many tasks a Spark master on this machine runs at once (``local``, ``local[2]``, ``local[*]``); None for others.

    ``*`` are the cores that this process may use: a container may have fewer than its machine, and each takes a parser's memory.
    """
    found = re.fullmatch(r"local(?:\[(\*|\d+)(?:,\d+)?\])?", master)
    if found is None:
        return None
    if found[1] != "*":
        return int(found[1] or 1)
    from joblib import cpu_count

    return int(cpu_count())
