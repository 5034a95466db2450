"""Facts about a table that are costly, or that need another table: computed here, judged by a suite.

A fact is a number. One that counts rows comes with the keys of some of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.gates.fact_counts import FactCounts


@dataclass(frozen=True)
class Facts:
    """One row of numbers (None: not measured), and for those that count rows up to five keys of these.

    ``details`` are not judged; they are kept with the publication, for the next gate to compare with.
    """

    values: Mapping[str, float | int | None]
    samples: Mapping[str, Sequence[str]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


def facts_from_counts(
    counts: FactCounts, names: Sequence[str], details: Mapping[str, Any] | None = None, **others: float | int | None
) -> Facts:
    """Facts from counts: those that are named, those that have samples, and other numbers."""
    counted = dict.fromkeys([*names, *counts.samples])
    return Facts({**{name: counts.count(name) for name in counted}, **others}, counts.samples, details or {})


def repeated_keys(keys: pa.Table) -> list[str]:
    """The rows of key columns that are there more than once, each as one string."""
    if keys.num_rows == 0:
        return []
    grouped = keys.group_by(keys.column_names).aggregate([([], "count_all")])
    repeated = grouped.filter(pc.greater(grouped["count_all"], 1)).select(keys.column_names)
    return [" ".join(str(value) for value in row.values()) for row in repeated.to_pylist()]
