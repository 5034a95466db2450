"""Training pairs whose passages the corpus still holds: nothing is taught with what was deleted."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ragline.lake.lake import Lake
from ragline.lake.live_passages import PassageRef, live_passages

Row = dict[str, Any]

# The columns that stand beside each other for the negatives of a pair.
NEGATIVES = ("negatives", "negative_doc_ids", "negative_text_hashes", "negative_content_hashes")


def living_pairs(lake: Lake, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Of these rows of ``training_pairs`` those whose positive passage lives, each without the negatives that do not.

    In rows of before passages had references, the positive is known by its chunk's id, and negatives by nothing.
    """
    pairs = [(row, _positive(row), _negatives(row)) for row in rows]
    asked = {ref for _, positive, negatives in pairs for ref in (positive, *(ref for _, ref in negatives))}
    living = live_passages(lake, asked)
    return [
        {**row, **_columns([entry for entry, ref in negatives if ref in living])}
        for row, positive, negatives in pairs
        if positive in living
    ]


def _positive(row: Mapping[str, Any]) -> PassageRef:
    chunk = json.loads(row["provenance"] or "{}").get("chunk_id", "")
    return PassageRef(chunk, row["doc_id"] or "", row["text_hash"] or "", row["content_hash"] or "")


def _negatives(row: Mapping[str, Any]) -> list[tuple[tuple[str, ...], PassageRef]]:
    entries = zip(*(row[name] or [] for name in NEGATIVES), strict=False)
    return [(entry, PassageRef("", *entry[1:])) for entry in entries]


def _columns(entries: list[tuple[str, ...]]) -> Row:
    return {name: [entry[place] for entry in entries] for place, name in enumerate(NEGATIVES)}
