"""The result of ``preprocess.py`` as Markdown."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psutil

FIRST, SECOND, PEER, GATE = "ragline", "ragline, second run", "datatrove", "gate"
AIM_SECOND, AIM_GATE = 0.05, 0.1


@dataclass(frozen=True)
class Result:
    """One run: what was measured, seconds of its steps, what it counted, and how its copies agree with the truth."""

    measured: Mapping[str, Any]
    steps: Mapping[str, float]
    counts: Mapping[str, int]
    agreement: Mapping[str, int] = field(default_factory=dict)
    pairs: list[list[str]] = field(default_factory=list)


def report(
    results: Mapping[str, Result],
    documents: int,
    size: int,
    cores: int,
    threshold: float,
    banding: tuple[int, int],
    changed: float,
) -> str:
    """Everything that was measured."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    parts = [
        "# Preprocess against datatrove",
        f"{date.today().isoformat()}, {cores} of {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, no "
        f"GPU, Python {platform.python_version()}; load average {load:.1f} when it ended. {documents:,} documents, "
        f"{size / 1e6:,.1f} MB of JSONL. Each is a process of its own, start-up included; made by "
        "`python benchmarks/preprocess.py`.",
        _speed({name: result for name, result in results.items() if name not in (SECOND, GATE)}, documents, size, cores),
        "Start-up is the time until the first document was read. Memory is the peak of the proportional set size of all "
        "processes together. ragline also redacts, cuts into chunks, looks for equal chunks, compares copies exactly and commits "
        "tables; datatrove 0.10.1 filters with its defaults (C4 keeps lines without terminal punctuation) and looks for copies "
        f"with {banding[0]} buckets of {banding[1]} hashes over 5-grams; it writes files without compression.",
    ]
    if FIRST in results and PEER in results:
        parts.append(_ratio(results[FIRST], results[PEER]))
    parts += ["## Where the time goes", _steps({name: result for name, result in results.items() if result.steps})]
    if SECOND in results:
        parts += [f"## After {changed:.0%} of the documents changed", _second(results[FIRST], results[SECOND])]
    if GATE in results:
        parts += ["## The gate of chunks", _gate(results[FIRST], results[GATE])]
    parts += ["## Copies", _agreement(results, threshold)]
    return "\n\n".join(parts) + "\n"


def _speed(results: Mapping[str, Result], documents: int, size: int, cores: int) -> str:
    lines = [
        "| | wall, s | CPU, s | documents/s | MB/s per core | start-up, s | documents/s without it | peak memory, MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        wall, first = result.measured["wall"], result.measured["first_read"]
        start, rate = (f"{first:.1f}", f"{documents / (wall - first):,.0f}") if first else ("?", "?")
        lines.append(
            f"| {name} | {wall:.1f} | {result.measured['cpu']:.1f} | {documents / wall:,.0f} | {size / 1e6 / wall / cores:.2f} "
            f"| {start} | {rate} | {result.measured['peak'] / 2**20:,.0f} |"
        )
    return "\n".join(lines)


def _ratio(own: Result, peer: Result) -> str:
    wall, cpu = (peer.measured[unit] / own.measured[unit] for unit in ("wall", "cpu"))
    without = [result.measured["wall"] - (result.measured["first_read"] or 0) for result in (peer, own)]
    return (
        f"datatrove takes {wall:.2f} times ragline's wall time ({without[0] / without[1]:.2f} times without start-up) "
        f"and {cpu:.2f} times its CPU time."
    )


def _steps(results: Mapping[str, Result]) -> str:
    lines = ["| | seconds of wall time by step | counted |", "|---|---|---|"]
    for name, result in results.items():
        steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in result.steps.items())
        counts = ", ".join(f"{number:,} {what}" for what, number in result.counts.items())
        lines.append(f"| {name} | {steps} | {counts} |")
    return "\n".join(lines)


def _second(first: Result, second: Result) -> str:
    lines = ["| | wall, s | CPU, s | share of the first run's CPU |", "|---|---|---|---|"]
    for name, run in (("first", first), ("second", second)):
        share = run.measured["cpu"] / first.measured["cpu"]
        aim = f" (aim {AIM_SECOND:.0%})" if run is second else ""
        lines.append(f"| {name} | {run.measured['wall']:.1f} | {run.measured['cpu']:.1f} | {share:.1%}{aim} |")
    return "\n".join(lines)


def _gate(first: Result, gate: Result) -> str:
    wall, cpu = (gate.measured[unit] / first.measured[unit] for unit in ("wall", "cpu"))
    return (
        f"`ragline gate chunks` on all of them, in its own process: {gate.measured['wall']:.1f} s, {gate.measured['cpu']:.1f} s "
        f"of CPU, {gate.measured['peak'] / 2**20:,.0f} MiB. That is {wall:.1%} of the first run's wall time and {cpu:.1%} of its "
        f"CPU time (aim {AIM_GATE:.0%})."
    )


def _agreement(results: Mapping[str, Result], threshold: float) -> str:
    lines = [
        f"Of the planted pairs with an exact Jaccard similarity of {threshold} or more whose documents both passed the filters:",
        "",
        "| | such pairs | pairs found | of them such pairs | precision | recall | pairs that nobody planted |",
        "|---|---|---|---|---|---|---|",
    ]
    compared = {name: result for name, result in results.items() if result.agreement}
    for name, result in compared.items():
        planted, found, both, invented = (result.agreement[key] for key in ("planted", "found", "both", "invented"))
        precision, recall = both / found if found else 1.0, both / planted if planted else 1.0
        lines.append(f"| {name} | {planted:,} | {found:,} | {both:,} | {precision:.3f} | {recall:.3f} | {invented:,} |")
    if len(compared) > 1:
        one, other = ({tuple(pair) for pair in result.pairs} for result in compared.values())
        share = len(one & other) / max(1, len(one | other))
        lines += ["", f"Found by both: {len(one & other):,} pairs, {share:.0%} of all that either found."]
    lines += [
        "",
        "Similarity is that of the texts as they are. datatrove compares what its filters left of them, without punctuation, and "
        "does not look whether two texts that share a bucket are as similar as they seem.",
    ]
    return "\n".join(lines)
