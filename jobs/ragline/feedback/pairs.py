"""Make training pairs of feedback events: a query, a passage that answers it, passages that do not."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.known_items import normalise_query
from ragline.feedback.shown_passages import ShownPassage
from ragline.lake.living_pairs import NEGATIVES

# A correction names the right passage; a click only prefers one among those that were shown.
CLICK_WEIGHT, CORRECTION_WEIGHT = 0.5, 1.0
MAX_NEGATIVES = 5

Row = dict[str, Any]
Find = Callable[[int, str], ShownPassage | str]


@dataclass
class Pair:
    """A query and a passage that answers it, merged over all events that say so."""

    query: str
    positive: ShownPassage
    weight: float = 0.0
    negatives: dict[str, ShownPassage] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    release: int = 0

    @property
    def pair_id(self) -> str:
        """Of equal queries with equal passages, whatever chunks they were in."""
        return fingerprint({"query": normalise_query(self.query), "positive": self.positive.text})


@dataclass(frozen=True)
class Paired:
    """Pairs by their id, and how many choices gave none, by reason."""

    pairs: Mapping[str, Pair]
    without: Mapping[str, int]


def choices_of(event: Mapping[str, Any]) -> dict[str, float]:
    """The chunks that a user took or named in an event (a row of the feedback table), with the weight of that.

    Clicks on what was not shown, which were once stored, do not count.
    """
    clicked = [chunk for chunk in event["clicked"] or () if chunk in (event["ranked"] or ())]
    return {**dict.fromkeys(clicked, CLICK_WEIGHT), **dict.fromkeys(event["corrected"] or (), CORRECTION_WEIGHT)}


def pairs_of(events: Iterable[Mapping[str, Any]], find: Find) -> Paired:
    """Merge events (rows of the feedback table) into pairs.

    ``find`` gives the passage that a release showed under a chunk id, or the reason why there is none. Hard negatives are the
    passages ranked above a positive and passed over: they were seen, looked alike, and were not taken (Joachims, "Optimizing
    search engines using clickthrough data", KDD 2002).
    """
    pairs: dict[str, Pair] = {}
    without: dict[str, int] = {}
    for event in events:
        choices = choices_of(event)
        for chunk, weight in choices.items():
            positive = find(event["release"], chunk)
            if isinstance(positive, str):
                without[positive] = without.get(positive, 0) + 1
                continue
            pair = Pair(event["query"], positive)
            pair = pairs.setdefault(pair.pair_id, pair)
            pair.weight = max(pair.weight, weight)
            pair.release = max(pair.release, event["release"])
            pair.events.append(event["event_id"])
            for other in _passed_over(event["ranked"] or [], chunk, set(choices)):
                negative = find(event["release"], other)
                if not isinstance(negative, str) and negative.text != positive.text:
                    pair.negatives.setdefault(negative.text, negative)
    return Paired(pairs, without)


def _passed_over(ranked: list[str], positive: str, positives: set[str]) -> list[str]:
    above = ranked[: ranked.index(positive)] if positive in ranked else ranked
    return [chunk for chunk in above if chunk not in positives]


def pair_row(pair: Pair, stored: Mapping[str, Any] | None) -> Row | None:
    """The ``training_pairs`` row of a pair, added to the row ``stored`` under its id; None if that one says as much already.

    Columns of negatives stand beside each other: text, document, text hash and content hash of each.
    """
    before = json.loads(stored["provenance"] or "{}") if stored else {}
    row = {
        "pair_id": pair.pair_id,
        "query": stored["query"] if stored else pair.query,
        "positive": pair.positive.text,
        "weight": max(pair.weight, stored["weight"] if stored else 0.0),
        "provenance": json.dumps(
            {
                "events": sorted({*pair.events, *before.get("events", ())}),
                "release": max(pair.release, before.get("release", 0)),
                "chunk_id": pair.positive.ref.chunk_id,
            },
            sort_keys=True,
        ),
        **_positive_columns(pair.positive),
        **_negative_columns(_with_stored(pair.negatives, stored)),
        "deleted": False,
    }
    says_more = stored is None or any(stored[name] != row[name] for name in ("weight", "provenance", "negatives"))
    return row if says_more else None


def _positive_columns(passage: ShownPassage) -> Row:
    return {"doc_id": passage.ref.doc_id, "text_hash": passage.ref.text_hash, "content_hash": passage.ref.content_hash}


def _with_stored(negatives: Mapping[str, ShownPassage], stored: Mapping[str, Any] | None) -> list[tuple[str, ...]]:
    """The negatives that the stored row has, then further ones."""
    columns = [(stored or {}).get(name) or [] for name in NEGATIVES]
    kept = {texts[0]: texts for texts in zip(*columns, strict=False)}
    new = {text: (text, found.ref.doc_id, found.ref.text_hash, found.ref.content_hash) for text, found in negatives.items()}
    return [*kept.values(), *(found for text, found in new.items() if text not in kept)]


def _negative_columns(negatives: list[tuple[str, ...]]) -> Row:
    return {name: [entry[place] for entry in negatives[:MAX_NEGATIVES]] for place, name in enumerate(NEGATIVES)}
