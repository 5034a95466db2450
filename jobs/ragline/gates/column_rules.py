"""Expectations on a column, as counts of the rows that break them: taken from a suite, computed on Arrow batches.

The names and the meaning are those of Great Expectations; only the counting is done here, so that no text goes through
pandas, and the suite stays data. An expectation (or an argument) that is not among these is left to Great Expectations.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Arguments = Mapping[str, Any]


def _outside(values: pa.Array, arguments: Arguments) -> pa.Array:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    below = pc.less(values, low) if low is not None else pa.repeat(False, len(values))
    return pc.or_(below, pc.greater(values, high)) if high is not None else below


def _not_json(values: pa.Array, _: Arguments) -> pa.Array:
    return pa.array([value is not None and not _parses(value) for value in values.to_pylist()], pa.bool_())


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class _Kind:
    prefix: str
    arguments: frozenset[str]
    broken: Callable[[pa.Array, Arguments], pa.Array]


_NOT_NULL = "expect_column_values_to_not_be_null"
_BOUNDS = frozenset({"min_value", "max_value"})
_KINDS = {
    _NOT_NULL: _Kind("missing", frozenset(), lambda values, _: pc.is_null(values)),
    "expect_column_values_to_match_regex": _Kind(
        "malformed", frozenset({"regex"}), lambda values, a: pc.invert(pc.match_substring_regex(values, a["regex"]))
    ),
    "expect_column_value_lengths_to_be_between": _Kind(
        "ill_sized", _BOUNDS, lambda values, a: _outside(pc.utf8_length(values), a)
    ),
    "expect_column_values_to_be_between": _Kind("out_of_range", _BOUNDS, _outside),
    "expect_column_values_to_be_in_set": _Kind(
        "unlisted", frozenset({"value_set"}), lambda values, a: pc.invert(pc.is_in(values, pa.array(a["value_set"], values.type)))
    ),
    "expect_column_values_to_be_json_parseable": _Kind("unparseable", frozenset(), _not_json),
}


@dataclass(frozen=True)
class ColumnRule:
    """One expectation on a column. ``fact`` is the name that its count goes by."""

    fact: str
    expectation: str
    column: str
    arguments: tuple[tuple[str, Any], ...]

    def broken(self, values: pa.Array) -> pa.Array:
        """Mask of the values that break it. A missing value breaks no rule but the one that there must be one."""
        if self.expectation == _NOT_NULL:
            return pc.is_null(values)
        if pa.types.is_null(values.type):
            return pa.repeat(False, len(values))
        return pc.and_(pc.is_valid(values), pc.fill_null(_KINDS[self.expectation].broken(values, dict(self.arguments)), False))

    def fits(self, kind: pa.DataType) -> bool:
        """Whether Arrow can compute it on values of this type: it has no look-ahead in patterns, and no lengths of numbers."""
        try:
            self.broken(pa.nulls(1, kind))
        except (pa.ArrowException, TypeError):
            return False
        return True


def column_rules(entries: Sequence[Mapping[str, Any]], schema: pa.Schema) -> dict[int, ColumnRule]:
    """The rules among a suite's entries, by the place of the entry."""
    rules: dict[int, ColumnRule] = {}
    names: Counter[str] = Counter()
    for place, entry in enumerate(entries):
        kind, kwargs = _KINDS.get(str(entry.get("type"))), dict(entry.get("kwargs", {}))
        column = kwargs.pop("column", None)
        if kind is None or column not in schema.names or not set(kwargs) <= kind.arguments:
            continue
        rule = ColumnRule(f"{kind.prefix}_{column}", str(entry["type"]), column, tuple(kwargs.items()))
        if rule.fits(schema.field(column).type):
            names[rule.fact] += 1
            count = names[rule.fact]
            rules[place] = rule if count == 1 else replace(rule, fact=f"{rule.fact}_{count}")
    return rules
