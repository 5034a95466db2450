"""A question that evaluation asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Origin = Literal["judgments", "summary", "title", "heading"]


@dataclass(frozen=True)
class Query:
    """A query, where it came from, and its relevant documents (``doc_id`` → grade above 0)."""

    query_id: str
    text: str
    origin: Origin
    relevant: Mapping[str, int]
