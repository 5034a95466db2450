"""What a gate is about to look at, and with what."""

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
    """A version of a table, the rules its rows are held against, and what was known before.

    ``since``: the version that was published last, if it passed the same suites; its rows are not looked at one by one again.
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
        """The facts that the rules are counted under."""
        return [rule.fact for rule in self.rules]

    @property
    def unchecked(self) -> Range:
        """The rows to look at one by one."""
        return Range(self.since, self.version)

    @cached_property
    def spark(self) -> "SparkSession | None":
        """A session if there is much to look at; None if it is done sooner in this process."""
        unchecked = stored_count(self.run.lake, self.table, self.version, self.unchecked)
        ids = stored_count(self.run.lake, self.table, self.version, Range())
        amounts = (Amount("rows to check", unchecked, _ROWS), Amount("ids", ids, _IDS))
        if not place(self.run, f"checking {self.table.name}", amounts).in_spark:
            return None
        from ragline.spark.session import spark_session

        return spark_session(f"ragline gate {self.run.settings.pipeline}", self.run.settings.spark)
