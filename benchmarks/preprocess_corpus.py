"""A corpus with known copies, made of real text: JSONL files, and the truth about its copies beside them.

Of the documents 5 % are exact copies (but for case and blanks) and 10 % near-copies of another document, whose exact Jaccard
similarity to it, from .5 to 1, is recorded. Every document is a function of the seed and its number alone: what was
made before an interruption is taken as it is, and no document is kept in memory.

    python benchmarks/preprocess_corpus.py --corpus FOLDER [FOLDER …] --documents 50000 --out FOLDER
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from planted_copies import exact_copy, exact_jaccard, near_copy
from real_text import Stock, load_stock

EXACT_SHARE, NEAR_SHARE = 0.05, 0.10
_DOCUMENTS_PER_FILE, _FEWEST_FILES = 2500, 8


@dataclass(frozen=True)
class Copy:
    """A planted copy: its id, that of the document it was made from, and their exact Jaccard similarity."""

    id: str
    original_id: str
    method: str
    jaccard: float


@dataclass(frozen=True)
class Plan:
    """Which documents are copies of which: ``exact`` and ``near`` map a copy's number to its original's."""

    seed: int
    documents: int
    exact: dict[int, int]
    near: dict[int, int]


@dataclass(frozen=True)
class Corpus:
    """A corpus on disk: JSONL files of ``id, title, text``."""

    folder: Path
    stock: Stock
    plan: Plan

    @property
    def files(self) -> list[Path]:
        """Its JSONL files, in order."""
        return sorted((self.folder / "documents").glob("*.jsonl"))

    @property
    def truth(self) -> list[Copy]:
        """All planted copies."""
        lines = (line for file in sorted((self.folder / "truth").glob("*.jsonl")) for line in file.open(encoding="utf-8"))
        return [Copy(**json.loads(line)) for line in lines]

    @property
    def size(self) -> int:
        """Bytes of the texts, as UTF-8, with their JSON around them."""
        return sum(file.stat().st_size for file in self.files)

    def changed(self, share: float) -> list[dict[str, str]]:
        """So many of the documents, taken by chance, each with a new text."""
        chosen = Random(f"{self.plan.seed} changed").sample(
            range(self.plan.documents), max(1, round(share * self.plan.documents))
        )
        made = ((number, *self.stock.document(Random(f"{self.plan.seed} changed {number}"))) for number in sorted(chosen))
        return [{"id": name(number), "title": title, "text": text} for number, title, text in made]


def name(number: int) -> str:
    """The id of a document."""
    return f"doc-{number:07}"


def plan_copies(seed: int, documents: int) -> Plan:
    """Choose copies and originals; no document has two copies, and none is a copy of a copy."""
    random = Random(f"{seed} plan")
    order = random.sample(range(documents), documents)
    exact, near = round(EXACT_SHARE * documents), round(NEAR_SHARE * documents)
    originals = order[exact + near : 2 * (exact + near)]
    pairs = list(zip(order, originals, strict=False))
    return Plan(seed, documents, dict(pairs[:exact]), dict(pairs[exact : exact + near]))


def make_document(stock: Stock, plan: Plan, number: int) -> tuple[dict[str, str], Copy | None]:
    """One document, and what is known of it if it is a copy."""
    original = plan.exact.get(number, plan.near.get(number, number))
    title, text = stock.document(Random(f"{plan.seed} {original}"))
    if original == number:
        return {"id": name(number), "title": title, "text": text}, None
    random = Random(f"{plan.seed} copy {number}")
    if number in plan.exact:
        copied, method = exact_copy(text, random), "exact"
    else:
        copied, method = near_copy(text, random.uniform(0.5, 1), stock.words, random), "near"
    known = Copy(name(number), name(original), method, round(exact_jaccard(text, copied), 6))
    return {"id": name(number), "title": title, "text": copied}, known


def make_corpus(sources: Sequence[Path], folder: Path, documents: int, seed: int, say: Callable[[str], None]) -> Corpus:
    """Make a corpus, or finish one that was begun with the same parameters."""
    corpus = Corpus(folder, load_stock(sources), plan_copies(seed, documents))
    files = max(_FEWEST_FILES, -(-documents // _DOCUMENTS_PER_FILE))
    _same_parameters(folder, {"documents": documents, "seed": seed, "sources": [str(source) for source in sources]})
    started = time.monotonic()
    for number in range(files):
        target, truth = (folder / kind / f"{number:04}.jsonl" for kind in ("documents", "truth"))
        if not target.exists():
            members = range(number * documents // files, (number + 1) * documents // files)
            write_lines(target, _documents(corpus, members, truth))
            say(f"corpus: file {number + 1} of {files}, {time.monotonic() - started:.0f} s")
    return corpus


def write_lines(file: Path, rows: Iterator[dict]) -> None:
    """Write JSONL; the file is there only when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    begun = file.with_suffix(".begun")
    with begun.open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    begun.rename(file)


def _documents(corpus: Corpus, members: range, truth: Path) -> Iterator[dict]:
    copies: list[Copy] = []
    for member in members:
        document, copy = make_document(corpus.stock, corpus.plan, member)
        copies += [copy] if copy else []
        yield document
    write_lines(truth, (asdict(copy) for copy in copies))


def _same_parameters(folder: Path, parameters: dict) -> None:
    file = folder / "parameters.json"
    if file.exists() and json.loads(file.read_text()) != parameters:
        sys.exit(f"{folder} holds a corpus with other parameters: {file.read_text()}; give another folder or remove that one.")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(parameters))


def main() -> None:
    """Make a corpus."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=Path, nargs="+", required=True, help="folders with .md, .rst or .txt files")
    arguments.add_argument("--documents", type=int, default=50_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--out", type=Path, required=True)
    chosen = arguments.parse_args()
    corpus = make_corpus(chosen.corpus, chosen.out, chosen.documents, chosen.seed, lambda line: print(line, file=sys.stderr))
    print(f"{chosen.documents:,} documents, {corpus.size / 1e6:,.1f} MB, {len(corpus.truth):,} copies, in {chosen.out}")


if __name__ == "__main__":
    main()
