"""What a small change costs at growing corpus sizes: the second run of ingest must follow the change, not the corpus.

The Python Enhancement Proposals, copied 1, 4 and 16 times (each copy with a line of its own), are taken in; then the same
change is made at every size: 20 files edited, 5 added, 5 deleted, scattered over the corpus. Reported: wall and CPU time of
both runs, files and bytes read from the source, and bytes written to the lake.

    python benchmarks/ingest_incremental.py --corpus FOLDER_WITH_RST_FILES [--write benchmarks/results/ingest_incremental.md]
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SIZES = (1, 4, 16)
EDITED, ADDED, DELETED = 20, 5, 5


@dataclass(frozen=True)
class Cost:
    """One run: seconds, items listed and read, bytes read from the source and written to the lake."""

    wall: float
    cpu: float
    listed: int
    read: int
    bytes_read: int
    bytes_written: int


def lay_out(corpus: Path, folder: Path, copies: int) -> list[Path]:
    """Copy the corpus so many times; every file is a text of its own."""
    files = []
    for number in range(copies):
        for file in sorted(corpus.rglob("*.rst")):
            target = folder / f"copy{number:02}" / file.relative_to(corpus)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text(errors="replace") + f"\nThis is copy {number}.\n")
            files.append(target)
    return files


def change(files: list[Path]) -> None:
    """The same small change at every size, spread over the corpus."""
    step = len(files) // (EDITED + DELETED)
    chosen = files[:: max(1, step)][: EDITED + DELETED]
    for number, file in enumerate(chosen):
        if number % 5 == 4:
            file.unlink()
        else:
            file.write_text(file.read_text() + "\nOne more line.\n")
    for number in range(ADDED):
        (files[0].parent / f"added{number}.rst").write_text(f"Added {number}\n=======\n\nA new document, number {number}.\n")


def ingest(home: Path) -> Cost:
    """Run it as a person would and read its manifest."""
    lake = home / ".ragline" / "bench" / "lake"
    before = sum(file.stat().st_size for file in lake.rglob("*") if file.is_file()) if lake.exists() else 0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "ragline.cli", "ingest", "-c", "bench"],
        env={**os.environ, "RAGLINE_HOME": str(home)},
        check=True,
    )
    wall = time.monotonic() - started
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    after = sum(file.stat().st_size for file in lake.rglob("*") if file.is_file())
    manifest = json.loads(max((lake / "_runs" / "ingest").glob("*.json"), key=lambda file: file.stat().st_mtime_ns).read_text())
    facts = manifest["facts"]["sources"]["corpus"]
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return Cost(wall, cpu, facts["listed"], facts["read"], facts["bytes_read"], after - before)


def measure(corpus: Path, copies: int) -> tuple[Cost, Cost]:
    """The first run and the one after the change, in a project of their own."""
    with tempfile.TemporaryDirectory(prefix="ragline-bench-") as folder:
        home = Path(folder)
        shutil.copytree(REPOSITORY / "expectations", home / "expectations")
        (home / "conf" / "pipelines").mkdir(parents=True)
        shutil.copy(REPOSITORY / "conf" / "default.yaml", home / "conf")
        source = {"name": "corpus", "type": "folder", "uri": "corpus", "include": ["*.rst"]}
        (home / "conf" / "pipelines" / "bench.yaml").write_text(json.dumps({"pipeline": "bench", "sources": [source]}))
        files = lay_out(corpus, home / "corpus", copies)
        first = ingest(home)
        change(files)
        return first, ingest(home)


def report(measured: dict[int, tuple[Cost, Cost]]) -> str:
    """The result as Markdown."""
    lines = [
        "# What a small change costs ingest",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), no GPU. {EDITED} files edited, {ADDED} "
        f"added, {DELETED} deleted at every size; made by `python benchmarks/ingest_incremental.py`.",
        "",
        "| corpus | run | wall, s | own CPU (not Spark's), s | listed | read | bytes read | bytes written to the lake |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for copies, runs in measured.items():
        for name, cost in zip(("first", "after the change"), runs, strict=True):
            lines.append(
                f"| {copies}× | {name} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.listed:,} | {cost.read:,} "
                f"| {cost.bytes_read:,} | {cost.bytes_written:,} |"
            )
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure every size and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=Path, required=True, help="a folder with .rst files, such as the peps repository")
    arguments.add_argument("--copies", type=int, nargs="+", default=SIZES, help="how many times the corpus is copied")
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    chosen = arguments.parse_args()
    text = report({copies: measure(chosen.corpus.resolve(), copies) for copies in chosen.copies})
    print(text)
    if chosen.write:
        chosen.write.write_text(text)


if __name__ == "__main__":
    main()
