"""How each query fared in both releases, as rows and as CSV."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from ragline.contracts.metrics import Metric
from ragline.evaluate.verdict import Evaluation
from ragline.runtime.spreadsheet import csv_text


@dataclass(frozen=True)
class QueryResult:
    """One query in both releases: ``metric`` values, and the ranks of the first relevant document (None: not found).

    ``documents`` are the ids of those that the row is about, copies included: with one of them the row goes.
    """

    query_id: str
    query: str
    origin: str
    relevant: str
    release: float
    champion: float | None
    difference: float
    release_rank: int | None
    champion_rank: int | None
    release_found_first: str
    documents: str


def query_results(evaluation: Evaluation, metric: Metric) -> list[QueryResult]:
    """Every query, those that lost most against the champion first, then those that scored least."""
    measurement, source_ids = evaluation.measurement, evaluation.source_ids or {}
    if measurement is None:
        return []
    results = []
    copies = _copies(evaluation)
    for i, query in enumerate(measurement.queries):
        value = measurement.release.scores[metric][i]
        champion_value = measurement.champion.scores[metric][i] if measurement.champion else None
        ranking = measurement.release.rankings[query.query_id]
        champion_ranking = measurement.champion.rankings[query.query_id] if measurement.champion else ()
        results.append(
            QueryResult(
                query_id=query.query_id,
                query=query.text,
                origin=query.origin,
                relevant=" ".join(sorted(source_ids[doc] for doc in query.relevant if doc in source_ids)),
                release=round(value, 6),
                champion=None if champion_value is None else round(champion_value, 6),
                difference=0.0 if champion_value is None else round(value - champion_value, 6),
                release_rank=_first_rank(ranking, query.relevant),
                champion_rank=_first_rank(champion_ranking, query.relevant),
                release_found_first=source_ids[ranking[0]] if ranking else "",
                documents=" ".join(_with_copies([*query.relevant, *ranking[:1]], copies)),
            )
        )
    return sorted(results, key=lambda result: (result.difference, result.release, result.query_id))


def _copies(evaluation: Evaluation) -> dict[str, list[str]]:
    """The dropped copies of each kept document: a copy's summary is asked for as its original's."""
    copies: dict[str, list[str]] = {}
    for copy, original in (evaluation.originals or {}).items():
        copies.setdefault(original, []).append(copy)
    return copies


def _with_copies(documents: Iterable[str], copies: Mapping[str, Sequence[str]]) -> list[str]:
    return sorted({name for document in documents for name in (document, *copies.get(document, ()))})


def _first_rank(ranking: Sequence[str], relevant: Collection[str]) -> int | None:
    return next((rank for rank, document in enumerate(ranking, start=1) if document in relevant), None)


def to_csv(results: Sequence[QueryResult]) -> str:
    """The results as CSV with a header, safe to open in a spreadsheet."""
    return csv_text([field.name for field in fields(QueryResult)], (asdict(result) for result in results))
