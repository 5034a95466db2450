"""Near-copies of known similarity, planted among real texts: which of them preprocess drops.

Copies of PEPs (or of other text files) are made with word edits until their exact Jaccard similarity over 5-word shingles is .5,
.55 … .95, so many of each, and their exact similarity is kept. ``ragline preprocess`` with its default threshold runs on
originals and copies together; then once more on their paragraphs with ``preprocess.deduplicate.chunks.near`` set to the same
threshold and copies that are chunks. Reported: how many of each similarity are dropped, and precision and recall 0.1 away
from the threshold and at it.

    python benchmarks/near_copies.py --corpus FOLDER [FOLDER …] [--copies 100] [--write benchmarks/results/near_copies.md]
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from bench_project import BenchProject
from documents_table import stored_id, write_documents
from planted_copies import exact_jaccard, near_copy
from real_text import Stock, load_stock, texts
from watched_process import adopt_orphans

from ragline.config.preprocess import DeduplicateSettings
from ragline.contracts.tables import CHUNKS, DUPLICATES

SIMILARITIES = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
# Long enough that one word more or less changes the similarity by less than 0.01.
_WORDS, _MOST_WORDS, _CHUNK_WORDS = 300, 2000, 90
_MARGIN = 0.1


@dataclass(frozen=True)
class Planted:
    """A copy: its id and its original's, the similarity that was meant, and the exact one."""

    id: str
    original_id: str
    meant: float
    exact: float


@dataclass(frozen=True)
class Corpus:
    """Documents (``id, title, text``) and the copies among them."""

    documents: list[dict[str, str]]
    copies: list[Planted]


def plant(originals: Iterator[str], stock: Stock, number: int, random: Random) -> Corpus:
    """So many copies of each similarity, each of another original."""
    documents: list[dict[str, str]] = []
    copies: list[Planted] = []
    for meant in SIMILARITIES:
        for _ in range(number):
            name, text = f"original-{len(copies):05}", next(originals)
            copy = near_copy(text, meant, stock.words, random)
            copies.append(Planted(name.replace("original", "copy"), name, meant, exact_jaccard(text, copy)))
            documents += [_document(name, text), _document(copies[-1].id, copy)]
    return Corpus(documents, copies)


def long_texts(folders: Sequence[Path], number: int, random: Random) -> Iterator[str]:
    """Parts of the corpus's texts, none of them twice, each a few hundred to a few thousand words."""
    found = []
    for text in texts(folders):
        paragraphs, part, words = text.split("\n\n"), [], 0
        size = random.randint(_WORDS, _MOST_WORDS)
        for paragraph in paragraphs:
            part.append(paragraph)
            words += len(paragraph.split())
            if words >= size:
                found.append("\n\n".join(part))
                part, words, size = [], 0, random.randint(_WORDS, _MOST_WORDS)
        if words >= _WORDS:
            found.append("\n\n".join(part))
    if len(found) < number:
        sys.exit(
            f"--corpus gives {len(found)} texts of {_WORDS} words, and {number} are needed: add a folder, or lower --copies."
        )
    random.shuffle(found)
    return iter(found)


def short_texts(stock: Stock, random: Random) -> Iterator[str]:
    """Texts that make one chunk each."""
    while True:
        sentences: list[str] = []
        while sum(len(sentence.split()) for sentence in sentences) < _CHUNK_WORDS:
            sentences.append(random.choice(random.choice(stock.paragraphs)))
        yield " ".join(sentences)


def _document(name: str, text: str) -> dict[str, str]:
    return {"id": name, "title": "", "text": text}


def dropped_documents(project: BenchProject) -> set[frozenset[str]]:
    """Pairs of documents, dropped and kept."""
    return {frozenset((row["dropped_id"], row["kept_id"])) for row in _duplicates(project, "document")}


def dropped_chunks(project: BenchProject) -> set[frozenset[str]]:
    """Pairs of documents of which one chunk was dropped for one of the other."""
    rows = _duplicates(project, "chunk")
    owner = {row["chunk_id"]: row["doc_id"] for row in project.lake.read(CHUNKS, columns=["chunk_id", "doc_id"]).to_pylist()}
    return {frozenset((row["doc_id"], owner[row["kept_id"]])) for row in rows}


def _duplicates(project: BenchProject, level: str) -> list[Mapping[str, str]]:
    return [row for row in project.lake.read(DUPLICATES).to_pylist() if row["level"] == level]


def run(corpus: Corpus, home: Path, found: Callable[[BenchProject], set[frozenset[str]]], options: Sequence[str]) -> set[str]:
    """Preprocess the corpus; the ids of the planted copies that were taken for copies of their originals."""
    project = BenchProject.fresh(home)
    write_documents(project.lake, [corpus.documents[start::4] for start in range(4)], "corpus")
    project.run("preprocess", "first", 2, options)
    pairs = found(project)
    taken = {copy.id for copy in corpus.copies if frozenset(map(stored_id, (copy.id, copy.original_id))) in pairs}
    strangers = len(pairs) - len(taken)
    print(f"{home.name}: {len(corpus.copies):,} planted, {len(taken):,} found, {strangers:,} other pairs", file=sys.stderr)
    return taken


def table(corpus: Corpus, taken: set[str], threshold: float) -> list[str]:
    """How many of each similarity were dropped, and precision and recall."""
    lines = ["| similarity meant | exact: from | to | planted | dropped | share |", "|---|---|---|---|---|---|"]
    for meant in SIMILARITIES:
        some = [copy for copy in corpus.copies if copy.meant == meant]
        low, high, dropped = min(copy.exact for copy in some), max(copy.exact for copy in some), _taken(some, taken)
        lines.append(f"| {meant:.2f} | {low:.3f} | {high:.3f} | {len(some)} | {dropped} | {dropped / len(some):.1%} |")
    clear = [copy for copy in corpus.copies if copy.exact >= threshold + _MARGIN - 0.005]
    far = [copy for copy in corpus.copies if copy.exact <= threshold - _MARGIN + 0.005]
    above = [copy for copy in corpus.copies if copy.exact >= threshold]
    below = [copy for copy in corpus.copies if copy.exact < threshold]
    lines += ["", "| | precision | recall |", "|---|---|---|"]
    for name, yes, no in ((f"{_MARGIN} away from {threshold} (aim 0.95)", clear, far), (f"at {threshold}", above, below)):
        right, wrong = _taken(yes, taken), _taken(no, taken)
        lines.append(f"| {name} | {right / max(1, right + wrong):.4f} | {right / max(1, len(yes)):.4f} |")
    return lines


def _taken(copies: Sequence[Planted], taken: set[str]) -> int:
    return sum(copy.id in taken for copy in copies)


def main() -> None:
    """Measure and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=Path, nargs="+", required=True, help="folders with .md, .rst or .txt files")
    arguments.add_argument("--copies", type=int, default=100, help="of each similarity")
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    chosen = arguments.parse_args()
    adopt_orphans()
    threshold = DeduplicateSettings().documents.near or 1.0
    random, stock = Random("near-copies"), load_stock(chosen.corpus)
    large = plant(long_texts(chosen.corpus, chosen.copies * len(SIMILARITIES), random), stock, chosen.copies, random)
    small = plant(short_texts(stock, random), stock, chosen.copies, random)
    near_chunks = ["--set", f"preprocess.deduplicate.chunks.near={threshold}"]
    with tempfile.TemporaryDirectory(prefix="ragline-bench-") as folder:
        documents = table(large, run(large, Path(folder, "documents"), dropped_documents, ()), threshold)
        alone = [*near_chunks, "--set", "preprocess.deduplicate.documents.near=null"]
        chunks = table(small, run(small, Path(folder, "chunks"), dropped_chunks, alone), threshold)
    lines = [
        "# Near-copies around the threshold",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}). Threshold {threshold}; similarities "
        "are exact Jaccard over 5-word shingles. Made by `python benchmarks/near_copies.py`.",
        "",
        f"## Documents: parts of the corpus of {_WORDS} to {_MOST_WORDS:,} words",
        "",
        *documents,
        "",
        f"## Chunks: texts of about {_CHUNK_WORDS} words, with `preprocess.deduplicate.chunks.near={threshold}`",
        "",
        *chunks,
        "",
    ]
    print("\n".join(lines))
    if chosen.write:
        chosen.write.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
