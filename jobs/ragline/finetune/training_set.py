"""Choose the examples that the embedder is trained on, and keep the queries of evaluations out of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragline.contracts.known_items import Kind, normalise_query, role_of
from ragline.errors import ConfigError


@dataclass(frozen=True)
class Example:
    """A query, a passage that answers it (positive), and perhaps a similar one that does not (hard negative).

    ``pair_id`` is that of the training pair, if it is one of feedback; ``documents`` are those of its passages (``doc_id``).
    """

    query: str
    positive: str
    negative: str | None = None
    pair_id: str = field(default="", compare=False)
    documents: tuple[str, ...] = field(default=(), compare=False)


def feedback_examples(rows: Iterable[Mapping[str, Any]], limit: int) -> list[Example]:
    """Examples of ``training_pairs`` rows, highest weight first, at most ``limit``; each with its hardest negative."""
    ordered = sorted(rows, key=lambda row: (-row["weight"], row["pair_id"]))[:limit]
    return [_feedback_example(row) for row in ordered]


def _feedback_example(row: Mapping[str, Any]) -> Example:
    documents = [row.get("doc_id"), *(row.get("negative_doc_ids") or ())[:1]]
    return Example(
        row["query"],
        row["positive"],
        next(iter(row["negatives"]), None),
        pair_id=row["pair_id"],
        documents=tuple(document for document in documents if document),
    )


def corpus_examples(chunks: Iterable[Mapping[str, Any]], limit: int) -> list[Example]:
    """Title → passage and heading → passage pairs of the corpus, those on the training side only.

    A passage that contains its query word for word is left out: the model would only learn to match words. Of the passages
    of one query the first is taken.
    """
    found: dict[str, Example] = {}
    for chunk in chunks:
        for kind, query in _queries(chunk):
            name = normalise_query(query)
            if name and name not in found and role_of(kind, query) == "training" and name not in normalise_query(chunk["text"]):
                found[name] = Example(query, chunk["text"], documents=tuple(filter(None, [chunk.get("doc_id")])))
    return [found[name] for name in sorted(found)][:limit]


def _queries(chunk: Mapping[str, Any]) -> list[tuple[Kind, str]]:
    queries: list[tuple[Kind, str]] = [("title", chunk["title"] or "")]
    if chunk["heading_path"]:
        queries.append(("heading", chunk["heading_path"][-1]))
    return queries


def evaluation_queries(
    documents: Iterable[Mapping[str, Any]], chunks: Iterable[Mapping[str, Any]], judgments: str | None
) -> set[str]:
    """Every query that an evaluation of this corpus may ask, normalised.

    Raises:
        ConfigError: the configured judgments cannot be read.
    """
    queries = {normalise_query(summary) for row in documents if (summary := json.loads(row["metadata"] or "{}").get("summary"))}
    for chunk in chunks:
        queries |= {normalise_query(query) for kind, query in _queries(chunk) if role_of(kind, query) == "evaluation"}
    if judgments:
        file = Path(judgments) / "queries.jsonl"
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            queries |= {normalise_query(json.loads(line)["text"]) for line in lines if line.strip()}
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(f"evaluation.judgments: {file} cannot be read as BEIR queries: {error}") from error
    return queries - {""}


def exclude_evaluation_queries(examples: Iterable[Example], reserved: set[str]) -> tuple[list[Example], int]:
    """The examples that may be trained on, and how many were left out because an evaluation asks them."""
    given = list(examples)
    kept = [example for example in given if normalise_query(example.query) not in reserved]
    return kept, len(given) - len(kept)
