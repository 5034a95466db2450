"""Facts about a table that are costly, or that need another table: computed here in Arrow, judged by a suite.

A fact is a number. One that counts rows comes with the keys of some of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

SAMPLES = 5


@dataclass(frozen=True)
class Facts:
    """One row of numbers, and for those that count rows up to five keys of these."""

    values: Mapping[str, float | int]
    samples: Mapping[str, Sequence[str]] = field(default_factory=dict)


def counted(found: Mapping[str, Sequence[str]], **others: float | int) -> Facts:
    """Facts from the keys that each rule found, and from plain numbers."""
    values = {name: len(keys) for name, keys in found.items()}
    return Facts({**others, **values}, {name: list(keys[:SAMPLES]) for name, keys in found.items()})


def repeated_keys(keys: pa.Table) -> list[str]:
    """The rows of key columns that are there more than once, each as one string."""
    if keys.num_rows == 0:
        return []
    grouped = keys.group_by(keys.column_names).aggregate([([], "count_all")])
    repeated = grouped.filter(pc.greater(grouped["count_all"], 1)).select(keys.column_names)
    return [" ".join(str(value) for value in row.values()) for row in repeated.to_pylist()]
