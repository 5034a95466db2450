"""The message of a failed gate: which expectations failed, on what, and what to do."""

from collections.abc import Sequence
from dataclasses import replace

from ragline.gates.facts import Facts
from ragline.gates.validation import Outcome


def with_facts(outcome: Outcome, facts: Facts) -> Outcome:
    """An expectation on a fact that counts rows fails on as many rows as the fact says, and has their keys as samples; one on
    another fact observed its value. One that stands for an expectation on rows goes by the name of that."""
    fact = outcome.column or ""
    if fact in facts.samples:
        outcome = replace(outcome, rows=int(facts.values[fact] or 0), samples=list(facts.samples[fact]))
    elif fact in facts.values:
        outcome = replace(outcome, rows=None, observed=facts.values[fact])
    if stands_for := outcome.meta.get("counts"):
        return replace(outcome, expectation=stands_for["type"], column=stands_for["column"])
    return outcome


def describe_failures(failed: Sequence[Outcome]) -> str:
    """One sentence or two for each failed expectation: which, on how many rows, which rows for example; why it matters and
    what to do, as its suite says."""
    return "; ".join(_describe(outcome) for outcome in failed)


def _describe(outcome: Outcome) -> str:
    name = f"{outcome.expectation}({outcome.column})" if outcome.column else outcome.expectation
    said = " ".join(str(outcome.meta[part]) for part in ("notes", "remedy") if part in outcome.meta)
    return f"{name}{_seen(outcome)}" + (f" ({said})" if said else "")


def _seen(outcome: Outcome) -> str:
    if outcome.rows is None:
        return f": observed {outcome.observed}" + (f", allowed {outcome.allowed}" if outcome.allowed else "")
    rows = "1 row" if outcome.rows == 1 else f"{outcome.rows:,} rows"
    return f" on {rows}" + (f", for example {', '.join(outcome.samples)}" if outcome.samples else "")
