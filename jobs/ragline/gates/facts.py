"""Facts about a table that are costly, or that need another table: computed here, judged by a suite.

A fact is a number. One that counts rows comes with the keys of some of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ragline.gates.fact_counts import FactCounts
from ragline.lake.large_columns import codes, take_rows


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
    columns = (codes(column).to_numpy().astype(np.int64) for column in keys.columns)
    of_row = next(columns)
    for column in columns:  # numbered anew after each: the numbers stay below the square of the rows
        of_row = np.unique(of_row * (column.max() + 1) + column, return_inverse=True)[1]
    _, first, times = np.unique(of_row, return_index=True, return_counts=True)
    repeated = take_rows(keys, pa.array(np.sort(first[times > 1])))
    return [" ".join(str(value) for value in row.values()) for row in repeated.to_pylist()]
