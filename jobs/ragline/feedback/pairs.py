"""Make training pairs of feedback events: a query, a passage that answers it, passages that do not."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.known_items import normalise_query

# A correction names the right passage; a click only prefers one among those that were shown.
CLICK_WEIGHT, CORRECTION_WEIGHT = 0.5, 1.0
MAX_NEGATIVES = 5


@dataclass
class Pair:
    """A query and a chunk that answers it, merged over all events that have both."""

    query: str
    positive: str
    weight: float = 0.0
    negatives: dict[str, None] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    release: int = 0


def pairs_of(events: Iterable[Mapping[str, Any]]) -> list[Pair]:
    """Merge events (rows of the feedback table) into pairs of a query and a chunk id.

    Hard negatives are the chunks ranked above a positive and passed over: they were seen, looked alike, and were not
    taken (Joachims, "Optimizing search engines using clickthrough data", KDD 2002).
    """
    merged: dict[tuple[str, str], Pair] = {}
    for event in events:
        positives = {**dict.fromkeys(event["clicked"], CLICK_WEIGHT), **dict.fromkeys(event["corrected"], CORRECTION_WEIGHT)}
        for positive, weight in positives.items():
            pair = merged.setdefault((normalise_query(event["query"]), positive), Pair(event["query"], positive))
            pair.weight = max(pair.weight, weight)
            pair.release = max(pair.release, event["release"])
            pair.events.append(event["event_id"])
            pair.negatives |= dict.fromkeys(_passed_over(event["ranked"], positive, set(positives)))
    return list(merged.values())


def _passed_over(ranked: list[str], positive: str, positives: set[str]) -> list[str]:
    above = ranked[: ranked.index(positive)] if positive in ranked else ranked
    return [chunk for chunk in above if chunk not in positives]


def pair_row(pair: Pair, texts: Mapping[str, str]) -> dict[str, Any] | None:
    """The ``training_pairs`` row of a pair, or None if its positive chunk is no longer published."""
    if pair.positive not in texts:
        return None
    positive = texts[pair.positive]
    negatives = dict.fromkeys(texts[chunk] for chunk in pair.negatives if chunk in texts and texts[chunk] != positive)
    provenance = {"events": sorted(pair.events), "release": pair.release, "chunk_id": pair.positive}
    return {
        "pair_id": fingerprint({"query": normalise_query(pair.query), "positive": positive}),
        "query": pair.query,
        "positive": positive,
        "negatives": list(negatives)[:MAX_NEGATIVES],
        "weight": pair.weight,
        "provenance": json.dumps(provenance, sort_keys=True),
    }
