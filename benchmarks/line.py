"""The whole line, twice: from nothing to a promoted release, then again with nothing changed.

Runs the demo in a project folder of its own and prints, per stage, wall and CPU time, peak memory and throughput
from the run manifests, and for each of the two runs the whole wall time and the peak of proportional set size (PSS) over
every process that it started.

    python benchmarks/line.py [--write benchmarks/results/line.md]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLE_SECONDS = 1.0


@dataclass(frozen=True)
class Measured:
    """One run of the demo: seconds, bytes, and its exit code."""

    wall: float
    peak_pss: int
    exit_code: int


def tree_pss(root: psutil.Process) -> int:
    """Bytes of PSS of a process and everything below it; processes that end meanwhile count as nothing."""
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            continue
    return total


def run_demo(home: Path) -> Measured:
    """Run the demo in a project folder and watch the memory of everything it starts."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "ragline_local", "demo"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "deploy"), "RAGLINE_HOME": str(home)},
    )
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(SAMPLE_SECONDS):
            try:
                peak = max(peak, tree_pss(psutil.Process(process.pid)))
            except psutil.NoSuchProcess:
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    wall = time.monotonic() - started
    done.set()
    watcher.join()
    return Measured(wall, peak, code)


def manifests(home: Path) -> list[dict]:
    """Every run manifest of the project, in the order the runs started."""
    found = [json.loads(path.read_text()) for path in home.glob(".ragline/*/lake/_runs/*/*.json")]
    return sorted(found, key=lambda manifest: manifest["started_at"])


def stage_rows(found: Iterable[dict]) -> list[str]:
    """A Markdown table row for each run manifest."""
    rows = []
    for manifest in found:
        wall, counts = manifest["wall_seconds"] or 0.0, manifest["counts"]
        units = [unit for unit in ("documents", "chunks", "tokens", "texts") if counts.get(unit) and wall]
        cells = [
            f"{manifest['job']} {manifest['facts'].get('table', '')}",
            manifest["status"],
            f"{wall:.1f}",
            f"{manifest['cpu_seconds']:.1f}",
            f"{manifest['peak_memory_bytes'] / 2**20:,.0f}",
            ", ".join(f"{number:,} {what}" for what, number in counts.items()),
            ", ".join(f"{counts[unit] / wall:,.0f} {unit}/s" for unit in units),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def report(first: Measured, second: Measured, stages: list[str]) -> str:
    """The result as Markdown."""
    memory = psutil.virtual_memory().total / 2**30
    lines = [
        "# The line, end to end",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, no GPU, Python "
        f"{platform.python_version()}. After set-up; made by `python benchmarks/line.py`.",
        "",
        "| run | wall, s | peak PSS of everything, MiB | exit code | aim |",
        "|---|---|---|---|---|",
        f"| first | {first.wall:.0f} | {first.peak_pss / 2**20:,.0f} | {first.exit_code} | 300 s, 8,192 MiB |",
        f"| nothing changed | {second.wall:.0f} | {second.peak_pss / 2**20:,.0f} | {second.exit_code} | 120 s |",
        "",
        "Per job, in the order they ran. Wall time is taken inside the job, so the start of its process is not in it;",
        "memory is that of the job's own process plus that of its largest child:",
        "",
        "| job | status | wall, s | CPU, s | peak memory, MiB | counts | rates |",
        "|---|---|---|---|---|---|---|",
        *stages,
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Run both demos and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="ragline-bench-") as folder:
        home = Path(folder)
        for name in ("conf", "expectations"):
            shutil.copytree(REPOSITORY / name, home / name)
        first, second = run_demo(home), run_demo(home)
        text = report(first, second, stage_rows(manifests(home)))
    print(text)
    if chosen.write:
        chosen.write.write_text(text)
    return first.exit_code or second.exit_code


if __name__ == "__main__":
    sys.exit(main())
