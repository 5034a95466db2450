"""Preprocess against datatrove: the same documents, filters and near-copies, one after the other on the same cores.

Makes a corpus with known copies from the text files of some folders (``preprocess_corpus.py``), then measures each as a process
of its own, start-up included: ``ragline preprocess`` with the default configuration, again after 1 % of the documents changed,
and the gate of chunks; datatrove's filters and MinHash (``datatrove_pipeline.py``) in an environment made for it.
What was done before an interruption is in the work folder and is not done again.

    python benchmarks/preprocess.py --corpus FOLDER [FOLDER …] [--documents 50000] [--write benchmarks/results/preprocess.md]
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench_project import BenchProject
from datatrove_peer import make_environment, run_datatrove
from documents_table import read_lines, write_documents
from found_copies import agreement, found_by_datatrove, found_by_ragline
from preprocess_corpus import Corpus, make_corpus
from preprocess_report import GATE, Result, report
from watched_process import adopt_orphans

from ragline.config.preprocess import DeduplicateSettings
from ragline.contracts.tables import DOCUMENTS

CHANGED_SHARE = 0.01
STAGES = ("filter", "signatures", "buckets", "clusters", "deduplicate")
_started = time.monotonic()


def say(line: str) -> None:
    """Tell the person who waits."""
    print(f"[{time.monotonic() - _started:5.0f} s] {line}", file=sys.stderr, flush=True)


def measure_ragline(corpus: Corpus, work: Path, cores: int) -> dict[str, Result]:
    """The first run and the one after the change."""
    project = BenchProject.fresh(work / "project")
    say("ragline: writing the documents table")
    write_documents(project.lake, [read_lines(file) for file in corpus.files], "corpus")
    first = _preprocess(project, "first", corpus, cores)
    say(f"ragline: {first.measured['wall']:.0f} s, {first.measured['cpu']:.0f} s of CPU; once more after a change")
    write_documents(project.lake, [corpus.changed(CHANGED_SHARE)], "change")
    second = _preprocess(project, "second", corpus, cores)
    say(f"ragline, second run: {second.measured['wall']:.0f} s, {second.measured['cpu']:.0f} s of CPU")
    return {"ragline": first, "ragline, second run": second}


def _preprocess(project: BenchProject, run_id: str, corpus: Corpus, cores: int) -> Result:
    files = sorted(Path(project.lake.table_uri(DOCUMENTS)).glob("*.parquet"))
    say(f"ragline: preprocess, {run_id} run")
    measured = project.run("preprocess", run_id, cores, reads=files)
    manifest, versions = project.manifest("preprocess", run_id), project.written("preprocess", run_id)
    if run_id != "first":
        return Result(asdict(measured), manifest["timings"], manifest["counts"] | manifest["drops"])
    found = found_by_ragline(project.lake, versions["document_state"], versions["duplicates"])
    agreed = agreement(found, corpus.truth, _threshold())
    pairs = sorted(sorted(pair) for pair in found.pairs)
    return Result(asdict(measured), manifest["timings"], manifest["counts"] | manifest["drops"], asdict(agreed), pairs)


def measure_gate(work: Path, cores: int) -> dict[str, Result]:
    """The gate of chunks, on all that the two runs made."""
    say("ragline: the gate of chunks")
    return {GATE: Result(asdict(BenchProject(work / "project").run("gate", "gate", cores, ["chunks"])), {}, {})}


def measure_datatrove(corpus: Corpus, work: Path, cores: int, banding: tuple[int, int]) -> dict[str, Result]:
    """One run of all its stages."""
    say("datatrove: making its environment")
    python = make_environment(work.parent / "datatrove-environment")
    say("datatrove: filters and MinHash")
    measured = run_datatrove(python, corpus.folder / "documents", work / "datatrove", cores, banding)
    say(f"datatrove: {measured.wall:.0f} s, {measured.cpu:.0f} s of CPU")
    found = found_by_datatrove(work / "datatrove")
    counts = {"documents": corpus.plan.documents, "passed the filters": len(found.compared)}
    pairs = sorted(sorted(pair) for pair in found.pairs)
    agreed = agreement(found, corpus.truth, _threshold())
    return {"datatrove": Result(asdict(measured), _stage_seconds(work / "datatrove"), counts, asdict(agreed), pairs)}


def _stage_seconds(work: Path) -> dict[str, float]:
    """How long each stage took: from the end of the one before it to its own."""
    ends = [work.joinpath("logs", stage, "stats.json").stat().st_mtime for stage in STAGES]
    begins = [work.joinpath("logs", STAGES[0], "executor.json").stat().st_mtime, *ends]
    return {stage: end - begin for stage, begin, end in zip(STAGES, begins, ends, strict=False)}


def _threshold() -> float:
    return DeduplicateSettings().documents.near or 1.0


def remembered(file: Path, measure: Callable[[], dict[str, Result]]) -> dict[str, Result]:
    """What was measured before, or what is measured now."""
    if not file.exists():
        found = measure()
        file.write_text(json.dumps({name: asdict(result) for name, result in found.items()}))
    else:
        say(f"{file.stem}: measured before; remove {file} to measure again")
    return {name: Result(**result) for name, result in json.loads(file.read_text()).items()}


def main() -> None:
    """Measure and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=Path, nargs="+", required=True, help="folders with .md, .rst or .txt files")
    arguments.add_argument("--documents", type=int, default=50_000)
    arguments.add_argument("--cores", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--banding", type=int, nargs=2, default=(14, 8), help="datatrove's buckets and hashes in each")
    arguments.add_argument(
        "--only", choices=("ragline", "datatrove"), help="measure one and take the other from before, if it is there"
    )
    arguments.add_argument("--again", action="store_true", help="measure again; the corpus is kept")
    arguments.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "ragline-bench-preprocess")
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    chosen = arguments.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: chosen.cores])
    adopt_orphans()
    work = chosen.work.resolve() / f"{chosen.documents}-{chosen.seed}"
    corpus = make_corpus([folder.resolve() for folder in chosen.corpus], work / "corpus", chosen.documents, chosen.seed, say)
    say(f"corpus: {chosen.documents:,} documents, {corpus.size / 1e6:,.0f} MB, in {corpus.folder}")
    steps = {
        "ragline": lambda: measure_ragline(corpus, work, chosen.cores),
        "gate": lambda: measure_gate(work, chosen.cores),
        "datatrove": lambda: measure_datatrove(corpus, work, chosen.cores, tuple(chosen.banding)),
    }
    results: dict[str, Result] = {}
    for name, measure in steps.items():
        file = work / f"{name}.json"
        wanted = chosen.only in (None, name) or (chosen.only == "ragline" and name == GATE)
        if chosen.again and wanted:
            file.unlink(missing_ok=True)
        if wanted or file.exists():
            results |= remembered(file, measure)
    text = report(results, chosen.documents, corpus.size, chosen.cores, _threshold(), tuple(chosen.banding), CHANGED_SHARE)
    print(text)
    if chosen.write:
        chosen.write.write_text(text)


if __name__ == "__main__":
    main()
