"""Which pairs of copies a program found, compared with those that were planted."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from preprocess_corpus import Copy

from ragline.contracts.tables import DOCUMENT_STATE, DOCUMENTS, DUPLICATES
from ragline.lake.lake import Lake

Pair = frozenset[str]


@dataclass(frozen=True)
class Found:
    """``pairs``: ids of documents that were taken for copies of each other. ``compared``: ids of those that the
    filters had left."""

    pairs: Collection[Pair]
    compared: Collection[str]


@dataclass(frozen=True)
class Agreement:
    """Of the planted pairs at or above the threshold whose documents both passed the filters, and of the pairs found."""

    planted: int
    found: int
    both: int
    invented: int

    @property
    def precision(self) -> float:
        """Share of the pairs found that are at or above the threshold."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs at or above the threshold that were found."""
        return self.both / self.planted if self.planted else 1.0


def agreement(found: Found, truth: Iterable[Copy], threshold: float) -> Agreement:
    """``invented`` are pairs of documents of which neither was made from the other."""
    known = {frozenset((copy.id, copy.original_id)): copy.jaccard for copy in truth}
    planted = {pair for pair, score in known.items() if score >= threshold and pair <= set(found.compared)}
    pairs = set(found.pairs)
    return Agreement(len(planted), len(pairs), len(pairs & planted), len(pairs - known.keys()))


def found_by_ragline(lake: Lake, outcomes_version: int, duplicates_version: int) -> Found:
    """What a run of preprocess left in the lake, at the versions that it wrote."""
    names = dict(zip(*_columns(lake.read(DOCUMENTS, columns=["doc_id", "source_id"]), "doc_id", "source_id"), strict=True))
    outcomes = lake.read(DOCUMENT_STATE, outcomes_version, columns=["doc_id", "outcome"])
    ids, ends = _columns(outcomes, "doc_id", "outcome")
    compared = {names[key] for key, end in zip(ids, ends, strict=True) if end in ("chunked", "duplicate")}
    rows = lake.read(DUPLICATES, duplicates_version, columns=["dropped_id", "kept_id", "level"]).to_pylist()
    pairs = {frozenset((names[row["dropped_id"]], names[row["kept_id"]])) for row in rows if row["level"] == "document"}
    return Found(pairs, compared)


def found_by_datatrove(work: Path) -> Found:
    """What the stages of ``datatrove_pipeline.py`` left: every two documents of a cluster are a pair."""
    clusters: dict[int, list[str]] = {}
    compared = set()
    for folder in ("kept", "removed"):
        for document in _lines(work / folder):
            compared.add(document["id"])
            if (cluster := document["metadata"].get("minhash_cluster_id", -1)) >= 0:
                clusters.setdefault(cluster, []).append(document["id"])
    return Found({frozenset(pair) for members in clusters.values() for pair in combinations(members, 2)}, compared)


def _lines(folder: Path) -> Iterator[dict]:
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _columns(table: object, *names: str) -> list[list[str]]:
    return [table[name].to_pylist() for name in names]  # type: ignore[index]
