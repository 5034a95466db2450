"""Translate expectations on rows into expectations on counts of failing rows.

Rows are counted on Arrow batches, a table's length without pandas; Great Expectations judges the counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragline.contracts.tables import Table
from ragline.gates.column_rules import ColumnRule, column_rules

_ROW_COUNT = "expect_table_row_count_to_be_between"

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class CountedSuite:
    """``counted``: expectations on facts, each with the one it stands for under ``meta.counts``. ``rules``: what has to be
    counted for them. ``others``: expectations that are left for Great Expectations to compute."""

    rules: tuple[ColumnRule, ...]
    counted: Mapping[str, Any]
    others: Mapping[str, Any] | None


def counted_suite(suite: Mapping[str, Any], table: Table) -> CountedSuite:
    """Split a suite on a table's rows."""
    entries: list[Entry] = suite["expectations"]
    rules = column_rules(entries, table.schema)
    counted, others = [], []
    for place, entry in enumerate(entries):
        if place in rules:
            counted.append(_judged(entry, {"column": rules[place].fact, "min_value": 0, "max_value": 0}))
        elif entry.get("type") == _ROW_COUNT and set(entry.get("kwargs", {})) <= {"min_value", "max_value"}:
            counted.append(_judged(entry, {"column": "rows", **entry["kwargs"]}))
        else:
            others.append(entry)
    return CountedSuite(
        tuple(rules.values()), {**suite, "expectations": counted}, {**suite, "expectations": others} if others else None
    )


def _judged(entry: Entry, kwargs: Mapping[str, Any]) -> Entry:
    meta = {**entry.get("meta", {}), "counts": {"type": entry["type"], "column": entry["kwargs"].get("column")}}
    return {"type": "expect_column_max_to_be_between", "kwargs": dict(kwargs), "meta": meta}


def columns_of(suite: Mapping[str, Any], table: Table) -> list[str]:
    """The columns that a suite's expectations name, and the table's key."""
    named = {str(value) for entry in suite["expectations"] for value in entry.get("kwargs", {}).values()}
    return [name for name in table.schema.names if name in named or name in table.key]
