"""What became of each query, as a table."""

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields

from ragline.evaluate.outcome import Outcome


@dataclass(frozen=True)
class QueryResult:
    """One query in both releases: ``metric`` values, and the ranks of the first relevant document (None: not found)."""

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


def query_results(outcome: Outcome, metric: str) -> list[QueryResult]:
    """Every query, those that lost most against the champion first, then those that scored least."""
    measured, names = outcome.measurement, outcome.names or {}
    if measured is None:
        return []
    results = []
    for i, query in enumerate(measured.queries):
        ours = measured.release.scores[metric][i]
        theirs = measured.champion.scores[metric][i] if measured.champion else None
        ranking = measured.release.rankings[query.query_id]
        others = measured.champion.rankings[query.query_id] if measured.champion else ()
        results.append(
            QueryResult(
                query_id=query.query_id,
                query=query.text,
                origin=query.origin,
                relevant=" ".join(sorted(names[doc] for doc in query.relevant if doc in names)),
                release=round(ours, 6),
                champion=None if theirs is None else round(theirs, 6),
                difference=0.0 if theirs is None else round(ours - theirs, 6),
                release_rank=_first_rank(ranking, query.relevant),
                champion_rank=_first_rank(others, query.relevant),
                release_found_first=names[ranking[0]] if ranking else "",
            )
        )
    return sorted(results, key=lambda result: (result.difference, result.release, result.query_id))


def _first_rank(ranking: Sequence[str], relevant: Collection[str]) -> int | None:
    return next((rank for rank, document in enumerate(ranking, start=1) if document in relevant), None)


def to_csv(results: Sequence[QueryResult]) -> str:
    """The results as CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(QueryResult)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(result) for result in results)
    return text.getvalue()
