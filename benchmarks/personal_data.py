"""How much personal data is found, how much else is taken for it, how fast; and what other libraries make of the same texts.

Needs, in the folder of RAGLINE_SHARED_DATA, presidio-research's synthetic set (`pii/synth_dataset_v2.json.gz`), and for speed and
false alarms the Python Enhancement Proposals (`peps/2-after.tar.gz`) and `chunking_evaluation/*.md`. Each library runs in an
environment of its own below --environments, made once with uv.

    python benchmarks/personal_data.py [--write benchmarks/results/personal_data.md] [--only presidio ...]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from personal_data_samples import LOCALES, Sample, generated, harmless, published

from ragline.config.entity_model import has_entity_model
from ragline.config.personal_data import PersonalDataSettings
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.protection.protector import Protector
from ragline.privacy.detection import find_patterns, resolve
from ragline.privacy.kind import kinds
from ragline.privacy.kinds.named_entities import find_entities

HERE = Path(__file__).resolve().parent
EACH, HARMLESS = 1000, 20_000
COMPARED = ("email", "phone", "card", "iban", "ssn", "ip", "url_credentials", "api_key", "secret", "private_key")

Found = Sequence[tuple[str, int, int]]


@dataclass(frozen=True)
class Library:
    """Something that finds personal data, what has to be installed for it, and its licence."""

    name: str
    requirement: str
    licence: str


LIBRARIES = (
    Library("presidio", "presidio-analyzer", "MIT"),
    Library("scrubadub", "scrubadub", "Apache-2.0"),
    Library("datafog", "datafog", "MIT"),
    Library("detect_secrets", "detect-secrets", "Apache-2.0"),
    Library("phonenumbers", "phonenumberslite", "Apache-2.0"),
)
NOTES = (
    "Two of the three sets were made for these detectors, so the other rows say what those libraries miss of this, not",
    "how good they are.",
    "",
    "Chosen: patterns with checks of our own, and `phonenumberslite` (the last row's library) for the numbering",
    "plans of telephones.",
    "",
    "- presidio's recognizers of patterns come only with spaCy, and ask the net for a list of domains; without a",
    "language model they",
    "  do not look at the words around a number, and those tell telephones from other numbers.",
    "- scrubadub brings NLTK and scikit-learn, and asks the net for a list of domains; it knows no IBAN and no IP address.",
    "- datafog installs little, and knows what is written the American way.",
    "- detect-secrets is for source code: in other text its entropy plugins take hashes and words for secrets.",
    "- libphonenumber's own matcher takes many numbers for telephones; as a check of what patterns and words propose it is good.",
    "- `python-stdnum` is LGPL, and so is `pycountry`, which `schwifty` needs; `commonregex` is from 2014 and checks nothing.",
)


class Ours:
    """This project's detectors; person and address where a model is installed."""

    def __init__(self, model: str) -> None:
        self.model = model if has_entity_model(model) else None

    def find(self, text: str) -> Found:
        found = list(find_patterns(text))
        return resolve([*found, *find_entities(text, self.model)] if self.model else found)


@dataclass
class Score:
    """Counts for one kind: true, found, and how many of each are right; a finding is right if it overlaps one of its kind."""

    true: int = 0
    recalled: int = 0
    found: int = 0
    right: int = 0
    exact: int = 0

    @property
    def row(self) -> str:
        recall = f"{self.recalled / self.true:.3f}" if self.true else ""
        precision = f"{self.right / self.found:.3f}" if self.found else ""
        exact = f"{self.exact / self.recalled:.3f}" if self.recalled else ""
        return f"{self.true} | {recall} | {precision} | {exact}"


def score(samples: Sequence[Sample], found: Sequence[Found]) -> dict[str, Score]:
    """Scores by kind."""
    scores: dict[str, Score] = {}
    for sample, findings in zip(samples, found, strict=True):
        mine = {tuple(finding) for finding in findings}
        for kind, start, end in sample.truth:
            one = scores.setdefault(kind, Score())
            one.true += 1
            one.recalled += any(f[0] == kind and f[1] < end and start < f[2] for f in mine)
            one.exact += (kind, start, end) in mine
        for kind, start, end in mine:
            one = scores.setdefault(kind, Score())
            one.found += 1
            one.right += any(kind == t[0] and start < t[2] and t[1] < end for t in sample.truth)
    return scores


def documentation(data: Path) -> list[str]:
    """The PEPs and the five corpora."""
    with tarfile.open(data / "peps" / "2-after.tar.gz") as archive:
        members = [archive.extractfile(member) for member in archive if member.name.endswith(".rst")]
        texts = [member.read().decode("utf-8") for member in members if member]
    return texts + [path.read_text(encoding="utf-8") for path in sorted((data / "chunking_evaluation").glob("*.md"))]


def speed(texts: list[str]) -> tuple[float, Counter[str]]:
    """Seconds of one process, the best of three, for what a Spark task does to documents; and what was found in them."""
    protector = Protector(PersonalDataSettings(), "documents")
    cleaned = [CleanedText.of(text) for text in texts]
    seconds = []
    found: Counter[str] = Counter()
    for _ in range(3):
        started = time.process_time()
        protected = [protector.protect(one) for one in cleaned]
        seconds.append(time.process_time() - started)
        found = sum((Counter(one.found) for one in protected), Counter())
    return min(seconds), found


def run_library(library: Library, folder: Path, texts: list[str]) -> tuple[list[Found], float, float]:
    """What a library finds, the seconds that it takes, and the MiB that it brings."""
    home = folder / library.name
    python = home / "bin" / "python"
    if not (home / "made").exists():
        subprocess.run(["uv", "venv", "-q", "--clear", "--python", sys.executable, str(home)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), library.requirement], check=True)
        (home / "made").touch()
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(texts, file)
        file.flush()
        command = [str(python), str(HERE / "personal_data_candidates.py"), library.name, file.name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    size = sum(path.stat().st_size for path in (home / "lib").rglob("*") if path.is_file() and path.suffix != ".pyc")
    answer = json.loads(done.stdout)
    return answer["found"], answer["seconds"], size / 2**20


def compare(libraries: list[Library], folder: Path, sets: dict[str, list[Sample]]) -> list[str]:
    """A row for every library, kind and set; the precision is over all sets and the harmless lines together."""
    names = list(sets)
    samples = [sample for name in names for sample in sets[name]]
    texts = [sample.text for sample in samples]
    megabytes = sum(map(len, texts)) / 1e6
    rows = []
    started = time.process_time()
    ours = [resolve(find_patterns(text)) for text in texts]
    results = [("ragline", "Apache-2.0", ours, time.process_time() - started, None)]
    for library in libraries:
        found, seconds, size = run_library(library, folder, texts)
        results.append((library.name, library.licence, found, seconds, size))
    for name, licence, found, seconds, size in results:
        cells = []
        scores = score(samples, found)
        for kind in COMPARED:
            one = scores.get(kind, Score())
            cells.append(f"{one.recalled / one.true:.2f} / {one.right / one.found:.2f}" if one.found and one.recalled else "")
        installed = "2.8" if size is None else f"{size:,.0f}"
        rows.append(f"| {name} | {licence} | {installed} | {megabytes / seconds:,.2f} | " + " | ".join(cells) + " |")
    return rows


def table(scores: dict[str, Score]) -> list[str]:
    """Kinds that patterns find first, then those that take a model, then those that are not looked for."""
    order_of = {name: number for number, name in enumerate(kinds())}
    order = sorted(scores, key=lambda kind: (order_of.get(kind, len(order_of)), kind))
    head = ["| kind | true | recall | precision | exact span |", "|---|---|---|---|---|"]
    return head + [f"| {kind} | {scores[kind].row} |" for kind in order]


def report(data: Path, folder: Path, libraries: list[Library], model: str) -> str:
    """The result as Markdown."""
    ours = Ours(model)
    shared = published(data / "pii" / "synth_dataset_v2.json.gz")
    made = generated(EACH)
    bare_phones = made.pop("phone, no word near")
    held_out = [sample for samples in made.values() for sample in samples]
    nothing = [Sample(text, frozenset()) for text in harmless(HARMLESS)]
    sections = [
        preamble(),
        of_published(ours, shared),
        of_generated(ours, held_out, bare_phones),
        of_harmless(ours, nothing),
        of_documentation(documentation(data)),
        of_libraries(libraries, folder, {"published": shared, "generated": held_out, "harmless": nothing}),
    ]
    return "\n".join(line for section in sections for line in (*section, ""))


def preamble() -> list[str]:
    """Where and when, and what the columns mean."""
    where = f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}."
    return [
        "# Personal data",
        "",
        f"{where} Made by `python benchmarks/personal_data.py`.",
        "",
        "recall: labelled places of which a part was found, as the right kind; precision: findings that overlap a place",
        "labelled with their kind; exact span: of the places found, those found with exactly the labelled characters.",
    ]


def of_published(ours: Ours, samples: list[Sample]) -> list[str]:
    """The set that others made and labelled."""
    return [
        f"## {len(samples)} texts of presidio-research's synthetic set",
        "",
        *table(score(samples, [ours.find(sample.text) for sample in samples])),
        "",
        f"`person` and `address` were {f'looked for with {ours.model}' if ours.model else 'off: no model was installed'}. "
        "Kinds in capitals are labelled in the set and are none of ours. The detectors were corrected by what this set",
        "showed, so this says how well they fit it, not how well they do elsewhere.",
    ]


def of_generated(ours: Ours, samples: list[Sample], bare_phones: list[Sample]) -> list[str]:
    """What was generated after the detectors."""
    bare = score(bare_phones, [ours.find(sample.text) for sample in bare_phones])["phone"]
    return [
        f"## {len(samples):,} texts generated with Faker, in {len(LOCALES)} locales",
        "",
        *table(score(samples, [ours.find(sample.text) for sample in samples])),
        "",
        "Made after the detectors, by the same people: the values are Faker's, the words around them are ours. What it showed",
        "was used too: cards of 13 and 19 digits are believed without a word that says card, fewer numbers after `order no.`",
        "are, and area codes in parentheses and Brazil's spelling need no word that says telephone.",
        "",
        "Telephones with no word near that says so (a bare number, a table cell, a signature): recall "
        f"{bare.recalled / bare.true:.3f}. What is missed is mostly plain digits, which could be anything.",
    ]


def of_harmless(ours: Ours, samples: list[Sample]) -> list[str]:
    """False alarms."""
    alarms = Counter(finding[0] for sample in samples for finding in ours.find(sample.text))
    return [
        f"## False alarms in {len(samples):,} lines with numbers that are nobody's",
        "",
        "ISBN, ISSN, EAN, order numbers, dates, hashes, UUIDs, versions, section numbers, coordinates, prices, code, MAC",
        "addresses.",
        "",
        ", ".join(f"{kind} {count}" for kind, count in sorted(alarms.items())) + "." if alarms else "None.",
        "The cards have an issuer's prefix and, by chance, the right check digit: four groups of four random digits do, now and",
        "then.",
    ]


def of_documentation(texts: list[str]) -> list[str]:
    """Real text: how fast it is searched, and what is found there."""
    seconds, found = speed(texts)
    megabytes = sum(map(len, texts)) / 1e6
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(found.items()))
    return [
        f"## Documentation: {megabytes:.1f} million characters of PEPs and the chunking corpora",
        "",
        f"{megabytes / seconds:.0f} million characters a second in one process, default policy, replacement included. "
        f"Found: {kinds}.",
        *BY_HAND,
    ]


def of_libraries(libraries: list[Library], folder: Path, sets: dict[str, list[Sample]]) -> list[str]:
    """The same texts through other libraries."""
    return [
        "## Other libraries, on all these texts together",
        "",
        "recall / precision; a cell is empty where nothing of the kind was found. Installed: MiB that the library brings with",
        "what it needs. MB/s: on these short texts, on which starting a search costs more than searching.",
        "",
        "| | licence | installed | MB/s | " + " | ".join(COMPARED) + " |",
        "|---|---|---|---|" + "---|" * len(COMPARED),
        *compare(libraries, folder, sets),
        "",
        *NOTES,
    ]


# What was looked at, one by one.
BY_HAND = (
    "By hand: the addresses are addresses, of networks and in examples too; the secret is the `p4ssw0rd` of an example.",
    "Of 200 e-mail addresses drawn at random all are addresses.",
)


def main() -> int:
    """Measure, and print or write the report."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", type=Path, help="also write the report to this file")
    arguments.add_argument("--only", nargs="*", help="names of libraries to compare with")
    arguments.add_argument("--model", default=PersonalDataSettings().entity_model, help="spaCy model for person and address")
    arguments.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "ragline-personal-data")
    given = arguments.parse_args()
    data = Path(os.environ.get("RAGLINE_SHARED_DATA", HERE.parent.parent / "shared" / "data"))
    if not (data / "pii").exists():
        raise SystemExit(f"There is no folder pii in {data}; RAGLINE_SHARED_DATA names the folder that holds it.")
    libraries = [one for one in LIBRARIES if given.only is None or one.name in given.only]
    text = report(data, given.environments, libraries, given.model)
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
