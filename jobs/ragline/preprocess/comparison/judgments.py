"""Corpora with questions about them and where in them the answers stand.

Format: that of ``chunking_evaluation`` (https://github.com/brandonstarxel/chunking_evaluation): ``NAME.md`` or ``NAME.txt`` for
each corpus, and ``questions_df.csv`` with ``question``, ``references`` (a JSON list of content, start_index, end_index)
and ``corpus_id`` (NAME).
"""

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragline.errors import ConfigError
from ragline.preprocess.comparison.span_metrics import Span

QUESTIONS = "questions_df.csv"
_COLUMNS = ("question", "references", "corpus_id")
_FORMAT = f"NAME.md or NAME.txt for each corpus and {QUESTIONS} with the columns {', '.join(_COLUMNS)}"


@dataclass(frozen=True)
class Question:
    """A question about one corpus, and the spans of it that answer the question."""

    text: str
    corpus: str
    references: tuple[Span, ...]


@dataclass(frozen=True)
class SpanJudgments:
    """Texts by name, and questions about them."""

    corpora: dict[str, str]
    questions: tuple[Question, ...]


def read_span_judgments(folder: Path) -> SpanJudgments:
    """Read and check a folder of corpora and questions.

    Raises:
        ConfigError: the folder is not in that format; says which row of which file.
    """
    file = folder / QUESTIONS
    if not file.is_file():
        raise ConfigError(f"The judgments {folder} have no {QUESTIONS}: the folder needs {_FORMAT}.{_instead(folder)}")
    rows = _rows(file)
    corpora = {name: _read(_corpus_file(folder, name)) for name in dict.fromkeys(row["corpus_id"] for row in rows)}
    questions = tuple(_question(row, corpora, f"{file}, row {number}") for number, row in enumerate(rows, start=1))
    return SpanJudgments(corpora, questions)


def _instead(folder: Path) -> str:
    """What to do with judgments of whole documents, which cannot tell one way to cut a document from another."""
    if not (folder / "qrels").is_dir():
        return ""
    return (
        " It is a BEIR folder: that says which documents are relevant, not which text of them, so recall, precision and IoU "
        "of text have no meaning. Build a release with each strategy, and compare them with 'ragline evaluate --judgments'."
    )


def _rows(file: Path) -> list[dict[str, str]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with file.open(encoding="utf-8", newline="") as stream:
        try:
            reader = csv.DictReader(stream, strict=True)
            rows = list(reader)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ConfigError(f"{file} is not a CSV file in UTF-8: {error}.") from error
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ConfigError(f"{file} has no column {', '.join(missing)} (it has {', '.join(reader.fieldnames or ()) or 'none'}).")
    if not rows:
        raise ConfigError(f"{file} holds no questions.")
    return rows


def _corpus_file(folder: Path, name: str) -> Path:
    found = [file for suffix in (".md", ".txt") if (file := folder / f"{name}{suffix}").is_file()]
    if not name or Path(name).name != name or not found:
        raise ConfigError(
            f"{folder / QUESTIONS} asks about corpus_id {name!r}, but there is no {name}.md or {name}.txt in {folder}."
        )
    return found[0]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The corpus {file} cannot be read as UTF-8: {error}.") from error


def _question(row: dict[str, str], corpora: dict[str, str], where: str) -> Question:
    text, corpus = (row["question"] or "").strip(), row["corpus_id"]
    try:
        references = json.loads(row["references"] or "")
    except ValueError as error:
        raise ConfigError(f"{where}: references is not JSON ({error}).") from error
    if not text or not isinstance(references, list) or not references:
        raise ConfigError(
            f"{where}: needs a question and a non-empty JSON list of references; got {text!r} and {references!r:.80}."
        )
    return Question(text, corpus, tuple(_reference(item, corpus, corpora[corpus], where) for item in references))


def _reference(item: Any, corpus: str, text: str, where: str) -> Span:
    try:
        start, end, content = int(item["start_index"]), int(item["end_index"]), str(item["content"])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{where}: a reference needs content, start_index and end_index; got {item!r:.120}.") from error
    if not 0 <= start < end <= len(text) or text[start:end] != content:
        raise ConfigError(
            f"{where}: characters {start} to {end} of corpus {corpus} are not the reference's content {content!r:.80}; "
            f"they are {text[max(start, 0) : max(end, 0)]!r:.80}."
        )
    return Span(corpus, start, end)
