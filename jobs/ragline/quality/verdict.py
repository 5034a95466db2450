"""What a failed gate tells people."""

from collections.abc import Sequence
from dataclasses import replace

from ragline.quality.facts import Facts
from ragline.quality.validation import Outcome


def with_fact_rows(outcome: Outcome, facts: Facts) -> Outcome:
    """An expectation on a fact that counts rows fails on as many rows as the fact says, and has their keys as samples."""
    if outcome.column is None or outcome.column not in facts.samples or outcome.samples:
        return outcome
    return replace(outcome, rows=int(facts.values[outcome.column]), samples=list(facts.samples[outcome.column]))


def describe_failures(failed: Sequence[Outcome]) -> str:
    """One clause for each failed expectation: which, on how many rows, which rows for example."""
    return "; ".join(_describe(outcome) for outcome in failed)


def _describe(outcome: Outcome) -> str:
    name = f"{outcome.expectation}({outcome.column})" if outcome.column else outcome.expectation
    if outcome.rows is None:
        return f"{name}: observed {outcome.observed}"
    rows = "1 row" if outcome.rows == 1 else f"{outcome.rows:,} rows"
    return f"{name} on {rows}" + (f", for example {', '.join(outcome.samples)}" if outcome.samples else "")
