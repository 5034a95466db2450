"""Retrieval metrics per query, by ir-measures."""

from collections.abc import Mapping, Sequence

from ragline.evaluate.query import Query
from ragline.evaluate.ranking import Rankings

METRICS = ("nDCG@10", "R@10", "RR@10")
Scores = Mapping[str, Sequence[float]]


def score(queries: Sequence[Query], rankings: Rankings) -> dict[str, list[float]]:
    """Each metric's value for each query, in the order of ``queries``; 0 where nothing was found.

    Source of the definitions: https://ir-measur.es
    """
    import ir_measures

    measures = {ir_measures.parse_measure(name): name for name in METRICS}
    qrels = {query.query_id: dict(query.relevant) for query in queries}
    run = {
        query.query_id: {document: 1 / rank for rank, document in enumerate(rankings.get(query.query_id, ()), start=1)}
        for query in queries
    }
    values = {
        (measures[found.measure], found.query_id): float(found.value)
        for found in ir_measures.iter_calc(list(measures), qrels, run)
    }
    return {name: [values.get((name, query.query_id), 0.0) for query in queries] for name in METRICS}


def means(scores: Scores) -> dict[str, float]:
    """The mean of each metric over the queries; empty without queries."""
    return {name: sum(values) / len(values) for name, values in scores.items() if values}
