"""Which library reads which format best: text and table cells against ground truth, speed, memory, failures.

Needs docling's sample documents with their ground truth (`groundtruth/NAME.md` beside `sources/NAME`, by format), found under
`docling_samples` in the folder of RAGLINE_SHARED_DATA. Each candidate runs in an environment of its own below --environments,
made once with uv; nothing of it gets into this project's.

    python benchmarks/parsers.py [--write benchmarks/results/parsers.md]
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil
from parser_scores import cell_f1, text_similarity

HERE = Path(__file__).resolve().parent
SECONDS_FOR_ALL = 900


@dataclass(frozen=True)
class Candidate:
    """A library, what has to be installed for it, its licence, and the suffixes it is asked to read (all if empty)."""

    name: str
    requirements: tuple[str, ...]
    licence: str
    suffixes: tuple[str, ...] = ()


OFFICE = (".docx", ".pptx", ".xlsx", ".xlsm")
# unstructured's PDF extra brings 6 GiB of torch and more.
NO_PDF = (*OFFICE, ".odt", ".csv", ".epub", ".md", ".html")
CANDIDATES = (
    Candidate("kreuzberg", ("kreuzberg",), "MIT"),
    Candidate("xberg", ("xberg",), "MIT, with libheif (LGPL) inside"),
    Candidate("markitdown", ("markitdown[docx,pptx,xlsx,pdf,outlook]",), "MIT"),
    Candidate(
        "unstructured", ("unstructured[docx,pptx,xlsx,odt,csv,epub,md]",), "Apache-2.0; pandoc (GPL) for ODT, EPUB", NO_PDF
    ),
    Candidate("undoc", ("undoc",), "MIT", OFFICE),
    Candidate("pdf_oxide", ("pdf-oxide",), "MIT or Apache-2.0", (".pdf",)),
    Candidate("pypdfium2", ("pypdfium2",), "BSD-3-Clause, Apache-2.0", (".pdf",)),
    Candidate("pypdf", ("pypdf[crypto]",), "BSD-3-Clause", (".pdf",)),
    Candidate("pdfplumber", ("pdfplumber",), "MIT", (".pdf",)),
    Candidate("mammoth", ("mammoth",), "BSD-2-Clause", (".docx",)),
    Candidate("calamine", ("python-calamine",), "MIT", (".xlsx", ".xlsm", ".ods")),
    Candidate("openpyxl", ("openpyxl",), "MIT", (".xlsx", ".xlsm")),
    Candidate("odfdo", ("odfdo",), "Apache-2.0", (".odt", ".ods", ".odp")),
    Candidate("ragline", (), "Apache-2.0"),
)
LEFT_OUT = (
    "`docling-slim`'s converter imports torch even for office files, and docling's PDF pipeline needs models from a hub; "
    "`extractous` has had no release since 2024; `pymupdf4llm` is AGPL; `anytomd` needs Python 3.12."
)


CHOICES = (
    "Chosen, and what speaks against it:",
    "",
    "- DOCX: kreuzberg. undoc's table cells were better (.821 against .630) for two of the seven files: one has a chart, which",
    "  kreuzberg leaves out, one has a table in a table of one cell, which it writes on one line. Ragline reads charts and opens",
    "  such frames itself (.908); else kreuzberg is as good or better, and undoc loses formulas and makes list entries",
    "  of some headings.",
    "- XLSX, ODS, EPUB, CSV: kreuzberg. openpyxl is as good on XLSX and much slower.",
    "- PPTX: undoc. xberg's text is better and its tables are worse, and it bundles an LGPL library, as do its ODT and ODP.",
    "- PDF: pypdfium2, with pdfplumber for the pages that have rules. pypdf's text is slightly better at a ninth of the speed.",
    "- ODT, ODP: XML by lxml, renamed to HTML. On ODT its text and table cells are better than odfdo's; of what may be",
    "  used here nothing else reads ODP. One or two documents of each are too few to say more.",
    "- HTML, Markdown: the project's own, which the rest of the line was built on. On HTML markitdown reads more. A grid with",
    "  a table in a cell stays a grid and a column of short entries is a table (.841 of the cells before, .965 now; ODT .509 and",
    "  .816); tables for layout are text, on purpose.",
)


@dataclass(frozen=True)
class Sample:
    """A document, what it should give, and its number of pages if it has any."""

    path: Path
    truth: str
    pages: int

    @property
    def format(self) -> str:
        return self.path.suffix[1:]


def samples(root: Path) -> list[Sample]:
    """Every source document with a ground truth beside it."""
    found = []
    for path in sorted(root.glob("*/sources/*")):
        folder = path.parent.parent / "groundtruth"
        for name in (f"{path.name}.md", f"{path.stem}.md"):
            if path.suffix != ".png" and (folder / name).exists():
                found.append(Sample(path, (folder / name).read_text(encoding="utf-8"), pages_of(path)))
                break
    return found


def pages_of(path: Path) -> int:
    """Pages of a PDF; 0 for what has none."""
    if path.suffix != ".pdf":
        return 0
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return len(document)


@dataclass(frozen=True)
class Outcome:
    """What a candidate made of one sample."""

    sample: Sample
    seconds: float
    text: float
    cells: float | None
    failure: str


@dataclass(frozen=True)
class Result:
    """A candidate's outcomes, its installed size and peak memory in MiB, and the version measured."""

    candidate: Candidate
    version: str
    installed_mib: float
    peak_mib: float
    outcomes: list[Outcome]


def environment(candidate: Candidate, folder: Path) -> Path:
    """The Python of an environment that holds the candidate; made if it is not there."""
    if not candidate.requirements:
        return Path(sys.executable)
    home = folder / candidate.name
    python = home / "bin" / "python"
    if not (home / "made").exists():
        subprocess.run(["uv", "venv", "-q", "--clear", "--python", sys.executable, str(home)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *candidate.requirements], check=True)
        (home / "made").touch()
    return python


def measure(candidate: Candidate, folder: Path, chosen: list[Sample]) -> Result:
    """Convert the samples in one process, one after the other, as a worker would."""
    python = environment(candidate, folder)
    mine = [sample for sample in chosen if not candidate.suffixes or sample.path.suffix in candidate.suffixes]
    run = subprocess.run(
        [str(python), str(HERE / "parser_candidates.py"), candidate.name],
        input="\n".join(str(sample.path) for sample in mine) + "\n",
        capture_output=True,
        text=True,
        timeout=SECONDS_FOR_ALL,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(HERE.parent / "jobs")},
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    if not lines:
        raise SystemExit(f"{candidate.name} did not start: {run.stderr[-2000:]}")
    outcomes = [outcome(sample, line) for sample, line in zip(mine, lines[1:], strict=False)]
    outcomes += [Outcome(sample, 0, 0, None, "the process died") for sample in mine[len(outcomes) :]]
    peak = max(line["peak_mib"] for line in lines)
    return Result(candidate, installed_version(python, candidate), installed_mib(python, candidate), peak, outcomes)


def outcome(sample: Sample, line: dict) -> Outcome:
    """Score one conversion; no text where there should be some is a failure."""
    failure = line["error"] or ("" if line["text"].strip() or not sample.truth.strip() else "no text")
    cells = cell_f1(sample.truth, line["text"])
    return Outcome(sample, line["s"], 0 if failure else text_similarity(sample.truth, line["text"]), cells, failure)


def installed_version(python: Path, candidate: Candidate) -> str:
    if not candidate.requirements:
        return version("ragline")
    name = candidate.requirements[0].partition("[")[0]
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def installed_mib(python: Path, candidate: Candidate) -> float:
    if not candidate.requirements:
        return 0
    return sum(path.stat().st_size for path in python.parent.parent.rglob("*") if path.is_file()) / 2**20


def rows_per_format(results: list[Result]) -> list[str]:
    """For every format, the candidates from best to worst text."""
    groups: dict[str, list[tuple[Result, list[Outcome]]]] = defaultdict(list)
    for result in results:
        for form in dict.fromkeys(found.sample.format for found in result.outcomes):
            groups[form].append((result, [found for found in result.outcomes if found.sample.format == form]))
    rows = []
    for form, entries in groups.items():
        for result, found in sorted(entries, key=lambda entry: -statistics.mean(o.text for o in entry[1])):
            rows.append(format_row(form, result, found))
    return rows


def format_row(form: str, result: Result, found: list[Outcome]) -> str:
    cells = [one.cells for one in found if one.cells is not None]
    seconds = sum(one.seconds for one in found) or 1e-9
    pages = sum(one.sample.pages for one in found)
    failures = sum(bool(one.failure) for one in found)
    return "| " + " | ".join([
        form, result.candidate.name, str(len(found)), f"{statistics.mean(one.text for one in found):.3f}",
        f"{statistics.mean(cells):.3f} ({len(cells)})" if cells else "",
        f"{len(found) / seconds:,.0f}", f"{pages / seconds:,.0f}" if pages else "", str(failures or ""),
    ]) + " |"  # fmt: skip


def failures(results: list[Result]) -> list[str]:
    """Every failure, the files that failed alike together."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for result in results:
        for one in result.outcomes:
            if one.failure:
                alike[result.candidate.name, one.failure.splitlines()[0]].append(one.sample.path.name)
    lines = []
    for (name, message), files in alike.items():
        which = ", ".join(files) if len(files) < 4 else f"{len(files)} files, {files[0]} the first"
        lines.append(f"- {name}, {which}: {message}")
    return lines


def report(results: list[Result]) -> str:
    """The result as Markdown."""
    memory = psutil.virtual_memory().total / 2**30
    overview = [
        f"| {r.candidate.name} | {r.version} | {r.candidate.licence} | {r.installed_mib:,.0f} | {r.peak_mib:,.0f} |"
        for r in results
    ]
    return "\n".join([
        "# Parsers",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, no GPU, Python "
        f"{platform.python_version()}. Made by `python benchmarks/parsers.py` on docling's sample documents.",
        "",
        "- text: normalised indel similarity (rapidfuzz) of the words in order, without markup, case and punctuation;",
        "  mean over the documents, a failure counts 0.",
        "- cells: F1 over the multiset of table cells; mean over the documents (their number) whose ground truth has tables.",
        "- documents and pages per second: one process, one document after the other, after one of the format to warm up.",
        "- failures: an exception, a dead process, or no text where there should be some.",
        "- `ragline` is what this project does with the libraries that it chose, everything around them included. Its own code",
        "  was looked over on these same samples, so its row says less about other files than those of the libraries do.",
        "- `unstructured` asks for a language model from the net for most formats; there is none at run time, so most fails.",
        "",
        LEFT_OUT,
        "",
        "| candidate | version | licence | installed, MiB | peak memory, MiB |",
        "|---|---|---|---|---|",
        *overview,
        "",
        "| format | candidate | documents | text | cells | documents/s | pages/s | failures |",
        "|---|---|---|---|---|---|---|---|",
        *rows_per_format(results),
        "",
        *CHOICES,
        "",
        "Failures:",
        "",
        *failures(results),
        "",
    ])  # fmt: skip


def main() -> int:
    """Measure the candidates and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    arguments.add_argument("--only", nargs="*", help="names of candidates")
    arguments.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "ragline-parsers")
    given = arguments.parse_args()
    data = Path(os.environ.get("RAGLINE_SHARED_DATA", HERE.parent.parent / "shared" / "data")) / "docling_samples"
    if not (chosen := samples(data)):
        raise SystemExit(f"There are no samples under {data}; RAGLINE_SHARED_DATA names the folder that holds docling_samples.")
    wanted = [one for one in CANDIDATES if not given.only or one.name in given.only]
    results = [measure(one, given.environments, chosen) for one in wanted]
    text = report(results)
    print(text)
    if given.write:
        given.write.parent.mkdir(exist_ok=True)
        given.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
