"""A query that a release is evaluated with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Origin = Literal["judgments", "summary", "title", "heading"]


@dataclass(frozen=True)
class Query:
    """A query, where it came from, and its relevant documents (``doc_id`` → grade above 0)."""

    query_id: str
    text: str
    origin: Origin
    relevant: Mapping[str, int]


def restrict_to(queries: Iterable[Query], documents: frozenset[str]) -> list[Query]:
    """The queries with a relevant document among these, each with those relevant documents only."""
    restricted = []
    for query in queries:
        relevant = {doc: grade for doc, grade in query.relevant.items() if doc in documents}
        if relevant:
            restricted.append(replace(query, relevant=relevant))
    return restricted
