"""How long deleted content stays searchable, and what the release without it costs.

A corpus goes through the whole line to a promoted release. Then 20 of its files are deleted, and each is looked for by its title
in what serves: before, once ingest and its gate have run (the release that serves still holds the passages and hides them), and
once the next release serves (its bundle must not hold them).

    python benchmarks/deleted_content.py --corpus FOLDER_OF_PEPS [--work FOLDER] [--write benchmarks/results/deleted_content.md]

With ``--again``, 20 more are deleted in the project that ``--work`` names.
"""

import argparse
import os
import platform
import random
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench_project import BenchProject
from watched_process import adopt_orphans

from ragline.config.loader import load_settings
from ragline.registry.searchers import open_searcher

DELETED, DEPTH = 20, 10
TAKE_IN = ("ingest", "gate documents")
RELEASE = ("preprocess", "gate chunks", "embed", "gate embeddings", "index", "evaluate", "promote")
COUNTED = {"ingest": ("deleted",), "preprocess": ("chunks",), "embed": ("texts", "reused"), "index": ("chunks", "documents")}


@dataclass(frozen=True)
class Search:
    """What serves, at one moment: files found by their title, passages of them in the bundle, and all its passages."""

    release: str
    found: int
    held: int
    passages: int


@dataclass(frozen=True)
class Step:
    """One job: wall and CPU seconds, and what it counted."""

    job: str
    wall: float
    cpu: float
    counts: str


def titles(files: Iterable[Path], corpus: Path) -> dict[str, str]:
    """Each file's title, by its source id; files are PEPs, whose head has a line for it."""
    found = {}
    for file in files:
        lines = file.read_text(errors="replace").splitlines()
        found[file.relative_to(corpus).as_posix()] = next(line[6:].strip() for line in lines if line.startswith("Title:"))
    return found


def run(project: BenchProject, jobs: Iterable[str], cores: int) -> list[Step]:
    """Run jobs one after another, as a person would."""
    steps = []
    for job in jobs:
        run_id = f"{job.replace(' ', '-')}-{time.time_ns()}"
        measured = project.run(job, run_id, cores)
        manifest = project.manifest(job.split()[0], run_id)
        counts = ", ".join(f"{manifest['counts'][name]:,} {name}" for name in COUNTED.get(job, ()) if name in manifest["counts"])
        told = "nothing to do" if manifest["status"] == "nothing_to_do" else counts
        steps.append(Step(job, measured.wall, measured.cpu, told))
        print(f"{job}: {measured.wall:.0f} s {told}", flush=True)
    return steps


def search(project: BenchProject, wanted: dict[str, str]) -> Search:
    """Look for each title in what serves."""
    os.environ["RAGLINE_HOME"] = str(project.home)
    searcher = open_searcher(load_settings(project.home / "conf" / "pipelines" / "bench.yaml"))
    hits = searcher.search(list(wanted.values()), k=DEPTH)
    found = sum(name in {hit.source_id for hit in of} for name, of in zip(wanted, hits, strict=True))
    sources = searcher.chunks["source_id"].to_pylist()
    release = hits[0][0].release
    return Search(release, found, sum(source in wanted for source in sources), len(sources))


def report(files: int, steps: list[Step], searches: dict[str, Search]) -> str:
    """The result as Markdown."""
    lines = [
        "# How long deleted content stays searchable",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), no GPU. {files:,} files, {DELETED} of them "
        "deleted; made by `python benchmarks/deleted_content.py`.",
        "",
        f"| moment | release that serves | deleted files found by title in {DEPTH} hits | their passages in it | all passages |",
        "|---|---|---|---|---|",
        *(f"| {name} | {s.release} | {s.found} of {DELETED} | {s.held:,} | {s.passages:,} |" for name, s in searches.items()),
        "",
        "| job after the deletion | wall, s | CPU, s | counts |",
        "|---|---|---|---|",
        *(f"| {step.job} | {step.wall:.1f} | {step.cpu:.1f} | {step.counts} |" for step in steps),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=Path, required=True, help="a folder with Python Enhancement Proposals (.rst)")
    arguments.add_argument("--work", type=Path, help="keep the project in this folder; a temporary one otherwise")
    arguments.add_argument("--again", action="store_true", help="the project is there already, with a release that serves")
    arguments.add_argument("--cores", type=int, default=os.cpu_count(), help="for Spark")
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    chosen = arguments.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="ragline-bench-") as folder:
        home = (chosen.work or Path(folder) / "project").resolve()
        if chosen.again:
            project = BenchProject(home)
        else:
            project = BenchProject.fresh(home, promotion={"on_unmeasured": "promote"})
            shutil.copytree(chosen.corpus, home / "corpus")
        run(project, (*TAKE_IN, *RELEASE), chosen.cores)
        corpus = home / "corpus"
        files = sorted(corpus.rglob("pep-*.rst"))
        gone = random.Random(len(files)).sample(files, DELETED)
        wanted = titles(gone, corpus)
        searches = {"before the deletion": search(project, wanted)}
        for file in gone:
            file.unlink()
        steps = run(project, TAKE_IN, chosen.cores)
        searches["ingest and its gate have run"] = search(project, wanted)
        steps += run(project, RELEASE, chosen.cores)
        searches["the next release serves"] = search(project, wanted)
    text = report(len(files), steps, searches)
    print(text)
    if chosen.write:
        chosen.write.write_text(text)


if __name__ == "__main__":
    main()
