"""Parsing at scale: ingest against the same parsers called in a bare loop, on one core and on two.

The corpus is made of the files of a folder, repeated until there are so many. The bare
loop reads each file and calls ``extract`` on it in one process: no limits, no lake, no Spark. Ingest does all of its work:
listing, hashing, the parser's process with its limits, Parquet, the commit, and, from 5,000 items on, the start of Spark.

The three take turns, as often as ``--rounds`` says; reported are medians, and the median of the ratios within a round.

    python benchmarks/ingest_scale.py --corpus FOLDER [--documents 2000 6000] [--rounds 2] [--write RESULT.md]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parent.parent
WAYS = ("bare loop, one process", "ingest, local[1]", "ingest, local[2]")
PIPELINE = {"pipeline": "bench", "sources": [{"name": "corpus", "type": "folder", "uri": "corpus"}]}

Round = tuple[float, float, float]

BARE_LOOP = """
import sys, time
from pathlib import Path
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.parse.media_types import media_type_of_file
from ragline.ingest.extract.part import ParseRequest

files = sorted(path for path in Path(sys.argv[1]).rglob("*") if path.is_file())
parts = 0
for path in files:
    request = ParseRequest(path.read_bytes(), path.name, media_type_of_file(path.name))
    parts += sum(part.parsed is not None for part in extract(request))
print(parts)
"""


def lay_out(corpus: Path, folder: Path, documents: int) -> Counter[str]:
    """Copy the corpus's files, in turn, until there are so many; how many of each suffix."""
    files = sorted(path for path in corpus.rglob("*") if path.is_file() and not path.name.startswith("."))
    kinds: Counter[str] = Counter()
    for number in range(documents):
        file = files[number % len(files)]
        target = folder / f"{number // 200:03}" / f"{number:06}-{file.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        kinds[file.suffix] += 1
    return kinds


def project(folder: Path) -> Path:
    """A project with the corpus's pipeline."""
    shutil.copytree(REPOSITORY / "expectations", folder / "expectations")
    (folder / "conf" / "pipelines").mkdir(parents=True)
    shutil.copy(REPOSITORY / "conf" / "default.yaml", folder / "conf")
    (folder / "conf" / "pipelines" / "bench.yaml").write_text(json.dumps(PIPELINE))
    return folder


def timed(command: list[str], home: Path) -> tuple[float, str]:
    """Seconds of wall time, and what the command printed."""
    started = time.monotonic()
    environment = {**os.environ, "RAGLINE_HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return time.monotonic() - started, done.stdout + done.stderr


def ingest(home: Path, cores: int) -> tuple[float, dict[str, int]]:
    """Seconds of a whole run of ingest into a fresh lake, and its counts."""
    shutil.rmtree(home / ".ragline", ignore_errors=True)
    options = ["-c", "bench", "--set", f"spark.master=local[{cores}]"]
    seconds, _ = timed([sys.executable, "-m", "ragline.cli", "ingest", *options], home)
    (manifest,) = (home / ".ragline" / "bench" / "lake" / "_runs" / "ingest").glob("*.json")
    return seconds, json.loads(manifest.read_text())["counts"]


def measure(home: Path, rounds: int) -> tuple[list[Round], dict[str, int]]:
    """Seconds of each way, round by round, and what ingest counted."""
    measured, counts = [], {}
    for _ in range(rounds):
        bare, _ = timed([sys.executable, "-c", BARE_LOOP, str(home / "corpus")], home)
        one, counts = ingest(home, 1)
        two, counts = ingest(home, 2)
        measured.append((bare, one, two))
    return measured, counts


def section(kinds: Counter[str], measured: list[Round], counts: dict[str, int]) -> list[str]:
    """The result for one size, as lines of Markdown."""
    documents = kinds.total()
    files = ", ".join(f"{number:,} {kind or 'without suffix'}" for kind, number in sorted(kinds.items()))
    lines = [
        f"## {documents:,} files",
        "",
        f"{files}: {counts['new']:,} documents, {counts['quarantined']:,} refused. Rounds: {len(measured)}.",
        "",
        "| | wall, s | files/s | against the bare loop's time | of each round |",
        "|---|---|---|---|---|",
    ]
    for position, way in enumerate(WAYS):
        seconds = median(round_[position] for round_ in measured)
        ratios = [round_[position] / round_[0] for round_ in measured]
        each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        lines.append(f"| {way} | {seconds:.1f} | {documents / seconds:.0f} | {median(ratios):.2f} | {each} |")
    return [*lines, ""]


def main() -> None:
    """Measure and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=Path, required=True)
    arguments.add_argument("--documents", type=int, nargs="+", default=[2000])
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    chosen = arguments.parse_args()
    lines = [
        "# Ingest against a bare loop over the same parsers",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), no GPU; files of {chosen.corpus.name}, "
        "repeated. Start-up included, from 5,000 files on that of Spark too; made by `python benchmarks/ingest_scale.py`.",
        "",
    ]
    for documents in chosen.documents:
        with tempfile.TemporaryDirectory(prefix="ragline-bench-") as folder:
            home = project(Path(folder))
            kinds = lay_out(chosen.corpus.resolve(), home / "corpus", documents)
            lines += section(kinds, *measure(home, chosen.rounds))
    text = "\n".join(lines)
    print(text)
    if chosen.write:
        chosen.write.write_text(text)


if __name__ == "__main__":
    main()
