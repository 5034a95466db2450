"""Counts of one batch, file or task, to be added up to the facts of a table."""

from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

SAMPLES = 5
PARTIAL_COUNTS = pa.schema([("fact", pa.string()), ("number", pa.float64()), ("samples", pa.list_(pa.string()))])


class FactCounts:
    """Counts by the name of the fact; those that count rows come with the keys of up to five of these."""

    def __init__(self) -> None:
        self.numbers: defaultdict[str, float] = defaultdict(float)
        self.samples: dict[str, list[str]] = {}

    def add(self, fact: str, number: float) -> None:
        """Add to a plain number."""
        self.numbers[fact] += number

    def add_rows(self, fact: str, keys: Sequence[str | None] | pa.Array | pa.ChunkedArray) -> None:
        """Count rows that break a rule, by their keys. Call it for none as well: then the fact is 0, and not absent."""
        self.numbers[fact] += len(keys)
        shown = self.samples.setdefault(fact, [])
        some = keys[: SAMPLES - len(shown)]
        shown += [str(key) for key in (some.to_pylist() if isinstance(some, pa.Array | pa.ChunkedArray) else some)]

    def batch(self) -> pa.RecordBatch:
        """The counts as rows, which an executor returns to the driver."""
        rows = [{"fact": fact, "number": number, "samples": self.samples.get(fact)} for fact, number in self.numbers.items()]
        return pa.RecordBatch.from_pylist(rows, schema=PARTIAL_COUNTS)

    def merge(self, partial: pa.RecordBatch) -> None:
        """Add the counts of another batch, file or task."""
        for row in partial.to_pylist():
            self.numbers[row["fact"]] += row["number"]
            if row["samples"] is not None:
                shown = self.samples.setdefault(row["fact"], [])
                shown += row["samples"][: SAMPLES - len(shown)]

    def count(self, fact: str) -> int:
        """A count, zero if nothing was counted."""
        return int(self.numbers.get(fact, 0))

    def by_prefix(self, prefix: str) -> dict[str, int]:
        """The counts whose names start so, under the rest of their names."""
        return {fact.removeprefix(prefix): int(number) for fact, number in self.numbers.items() if fact.startswith(prefix)}


def row_keys(rows: pa.RecordBatch | pa.Table, key: Sequence[str]) -> pa.Array | pa.ChunkedArray:
    """The key columns of each row as one string."""
    if len(key) == 1:
        return rows[key[0]]
    return pc.binary_join_element_wise(*(pc.cast(rows[name], pa.string()) for name in key), " ", null_handling="replace")
