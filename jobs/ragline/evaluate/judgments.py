"""Judgments of one's own: a BEIR folder (``queries.jsonl`` and ``qrels/*.tsv``).

Format: https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset
"""

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from ragline.errors import ConfigError
from ragline.evaluate.query import Query


def read_judgments(folder: Path, documents_of: Callable[[str], Iterable[str]]) -> list[Query]:
    """The folder's queries that have a relevant document, by query id.

    ``documents_of`` gives the doc_ids of the judgments' own document id, none for one that no source ever had.

    Raises:
        ConfigError: the folder is not in BEIR's format; says which line of which file.
    """
    grades: dict[str, dict[str, int]] = {}
    files = sorted((folder / "qrels").glob("*.tsv"))
    if not files:
        raise ConfigError(f"The judgments {folder} have no qrels/*.tsv: a BEIR folder needs queries.jsonl and qrels/*.tsv.")
    for file in files:
        for query_id, document, grade in _read_qrels(file):
            if grade > 0:
                known = grades.setdefault(query_id, {})
                known.update({doc: max(grade, known.get(doc, 0)) for doc in documents_of(document)})
    texts = _read_queries(folder / "queries.jsonl")
    if not set(grades) & set(texts):
        raise ConfigError(f"The judgments {folder} judge none of their own queries: the ids in qrels and queries.jsonl differ.")
    return [Query(query_id, texts[query_id], "judgments", grades[query_id]) for query_id in sorted(set(grades) & set(texts))]


def _read_qrels(file: Path) -> Iterable[tuple[str, str, int]]:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The judgments {file} cannot be read: {error}") from error
    for number, row in enumerate(rows, start=1):
        if not row or (number == 1 and not _is_integer(row[-1])):
            continue
        if len(row) != 3 or not _is_integer(row[2]):
            raise ConfigError(
                f"{file}, line {number}: needs query id, document id and a whole number, between tabs; got {row!r}."
            )
        yield row[0], row[1], int(row[2])


def _is_integer(text: str) -> bool:
    return text.strip().lstrip("-").isdecimal()


def _read_queries(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The judgments {file} cannot be read: {error}") from error
    texts = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                record = json.loads(line)
                texts[str(record["_id"])] = str(record["text"])
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigError(f"{file}, line {number}: needs a JSON object with _id and text ({error}).") from error
    return texts
