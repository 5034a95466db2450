"""How long an edited document takes to serve: one file of this project's docs/, from the trigger to a promoted release.

By hand each command is a process, measured with everything below it (wall and CPU seconds). Through Airflow the time runs from
the trigger until nothing moves any more; each task's own time is Airflow's, and what is left is between the tasks.

    python benchmarks/freshness.py [--by-hand | --airflow] [--code CHECKOUT] [--edits 3] [--write FILE]

``--code`` measures another checkout with the libraries of this environment: run both, and compare within one machine.
"""

import argparse
import importlib
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import psutil
from watched_process import adopt_orphans, watch

REPOSITORY = Path(__file__).resolve().parent.parent
COMMANDS = (
    "ingest",
    "gate documents",
    "preprocess",
    "gate chunks",
    "embed",
    "gate embeddings",
    "index",
    "evaluate",
    "promote",
)
PIPELINE = """pipeline: handbook
sources:
  - {name: handbook, type: folder, uri: ./docs, include: ["**/*.md"]}
promotion:
  on_unmeasured: promote
"""


def make_project(root: Path) -> None:
    """A project of its own over a copy of docs/."""
    (root / "conf" / "pipelines").mkdir(parents=True)
    shutil.copy(REPOSITORY / "conf" / "default.yaml", root / "conf")
    (root / "conf" / "pipelines" / "handbook.yaml").write_text(PIPELINE)
    for name in ("docs", "expectations"):
        shutil.copytree(REPOSITORY / name, root / name)


def edit(root: Path, number: int) -> None:
    """Add a sentence to one document."""
    with (root / "docs" / "gates.md").open("a") as stream:
        stream.write(f"\nIn revision {number} somebody explains once more what a gate is for.\n")


def by_hand(root: Path, edits: int) -> dict[str, tuple[float, float]]:
    """Median wall and CPU seconds of each command after an edit."""
    adopt_orphans()
    taken: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(edits + 1):
        for command in COMMANDS:
            argv = [sys.executable, "-m", "ragline.cli", *command.split(), "--config", "handbook"]
            measured = watch(argv, root / "log", env={"RAGLINE_HOME": str(root)})
            if number:  # the first time there is everything to do
                taken[command].append((measured.wall, measured.cpu))
        edit(root, number)
    return {
        command: (statistics.median(wall for wall, _ in some), statistics.median(cpu for _, cpu in some))
        for command, some in taken.items()
    }


def through_airflow(root: Path, edits: int) -> dict[str, float]:
    """Median seconds of each task after an edit, of all of it (``whole``), and of what is between the tasks (``between``)."""
    stack, line = (_local(name) for name in ("stack", "line"))
    taken: defaultdict[str, list[float]] = defaultdict(list)
    with stack.Stack(root) as running:
        for number in range(edits + 1):
            watched = line.Line(running.rest, "handbook", since=datetime.now(UTC))
            while not watched.are_dags_there():
                time.sleep(0.5)
            started = time.monotonic()
            watched.start({"sources": [], "full_refresh": False})
            view = [*watched.follow(check=running.check, interval=0.25)][-1]
            whole = time.monotonic() - started
            if view.failed:
                raise SystemExit(f"failed: {', '.join(f'{task.dag_id}.{task.name}' for task in view.failed)}")
            if number:
                tasks = {f"{task.dag_id.partition('.')[2]}.{task.task_id}": task.seconds or 0.0 for task in view.tasks}
                for name, seconds in {**tasks, "between": whole - sum(tasks.values()), "whole": whole}.items():
                    taken[name].append(seconds)
            edit(root, number)
    return {name: statistics.median(some) for name, some in taken.items()}


def _local(name: str) -> object:
    try:
        return importlib.import_module(f"ragline_local.{name}")
    except ModuleNotFoundError:  # where it was before it left the library
        return importlib.import_module(f"ragline.local.{name}")


def report(hand: Mapping[str, tuple[float, float]], airflow: Mapping[str, float], code: str, edits: int) -> str:
    """The result as Markdown."""
    memory = psutil.virtual_memory().total / 2**30
    lines = [
        f"## {code}",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, no GPU, Python "
        f"{platform.python_version()}. Medians of {edits} edits; made by `python benchmarks/freshness.py`.",
        "",
    ]
    if hand:
        walls, cpus = (sum(pair[place] for pair in hand.values()) for place in (0, 1))
        rows = [f"| {name} | {wall:.1f} | {cpu:.1f} |" for name, (wall, cpu) in hand.items()]
        lines += ["| by hand | wall, s | CPU, s |", "|---|---|---|", *rows, f"| **all** | **{walls:.1f}** | **{cpus:.1f}** |", ""]
    if airflow:
        rows = [f"| {name} | {seconds:.1f} |" for name, seconds in airflow.items() if name not in ("whole", "between")]
        lines += ["| through Airflow | wall, s |", "|---|---|", *rows]
        lines += [f"| between the tasks | {airflow['between']:.1f} |", f"| **all** | **{airflow['whole']:.1f}** |", ""]
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and append to a file if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by-hand", action="store_true", help="only by hand")
    parser.add_argument("--airflow", action="store_true", help="only through Airflow")
    parser.add_argument("--code", type=Path, default=REPOSITORY, help="the checkout to measure; default: this one")
    parser.add_argument("--edits", type=int, default=3)
    parser.add_argument("--write", type=Path, help="append the report to this file")
    chosen = parser.parse_args()
    path = os.pathsep.join(str(chosen.code.resolve() / name) for name in ("jobs", "plugins", "deploy"))
    if os.environ.get("PYTHONPATH") != path:  # the code is chosen by the path, before anything of it is imported
        return subprocess.call([sys.executable, *sys.argv], env={**os.environ, "PYTHONPATH": path})
    hand: dict[str, tuple[float, float]] = {}
    airflow: dict[str, float] = {}
    for wanted, measure, found in ((not chosen.airflow, by_hand, hand), (not chosen.by_hand, through_airflow, airflow)):
        if wanted:
            with tempfile.TemporaryDirectory(prefix="ragline-bench-") as folder:
                root = Path(folder) / "project"
                make_project(root)
                os.environ["RAGLINE_HOME"] = str(root)
                found.update(measure(root, chosen.edits))
    text = report(hand, airflow, "this checkout" if chosen.code == REPOSITORY else chosen.code.name, chosen.edits)
    print(text)
    if chosen.write:
        with chosen.write.open("a") as stream:
            stream.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
