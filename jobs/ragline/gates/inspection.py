"""Which rows of a version a gate checks, against what, and whether Spark checks them."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ragline.contracts.tables import Table
from ragline.gates.column_rules import ColumnRule
from ragline.lake.publications import Publication
from ragline.lake.stored_rows import Range, stored_count
from ragline.runtime.run import Run
from ragline.spark.placement import Amount, place

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Spark's start and its shuffles take longer than checking so many rows in one process does (10 CPU microseconds each), or than
# reading the ids of so many (300 bytes of memory each).
_ROWS, _IDS = 1_000_000, 2_000_000


@dataclass(frozen=True)
class Inspection:
    """The check of one version of a table: the rules for its rows, and the publication before it.

    ``since``: the version that was published last, if it passed the same suites; its rows are not checked one by one again.
    ``last``: the last publication, whichever suites it passed.
    """

    run: Run
    table: Table
    version: int
    rules: tuple[ColumnRule, ...] = ()
    since: int | None = None
    last: Publication | None = None

    @property
    def counts(self) -> list[str]:
        """Names of the facts that count the rows which break a rule."""
        return [rule.fact for rule in self.rules]

    @property
    def unchecked(self) -> Range:
        """The rows to check one by one."""
        return Range(self.since, self.version)

    @cached_property
    def spark(self) -> "SparkSession | None":
        """A Spark session if there is much to check; None if this process is done sooner."""
        unchecked = stored_count(self.run.lake, self.table, self.version, self.unchecked)
        ids = stored_count(self.run.lake, self.table, self.version, Range())
        amounts = (Amount("rows to check", unchecked, _ROWS), Amount("ids", ids, _IDS))
        if not place(self.run, f"checking {self.table.name}", amounts).in_spark:
            return None
        from ragline.spark.session import spark_session

        return spark_session(f"ragline gate {self.run.settings.pipeline}", self.run.settings.spark)
