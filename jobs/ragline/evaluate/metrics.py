"""Compute the retrieval metrics of each query, by ir-measures. Which metrics there are: ``ragline.contracts.metrics``."""

from collections.abc import Mapping, Sequence

import ir_measures

from ragline.contracts.metrics import Metric
from ragline.evaluate.query import Query
from ragline.evaluate.ranking import Rankings

Scores = Mapping[Metric, Sequence[float]]


def score(queries: Sequence[Query], rankings: Rankings) -> dict[Metric, list[float]]:
    """Each metric's value for each query, in the order of ``queries``; 0 where nothing was found.

    Source of the definitions: https://ir-measur.es
    """
    measures = {ir_measures.parse_measure(metric): metric for metric in Metric}
    qrels = {query.query_id: dict(query.relevant) for query in queries}
    # ir-measures sorts by score and breaks ties its own way: 1 / rank keeps the order that the search gave.
    run = {
        query.query_id: {document: 1 / rank for rank, document in enumerate(rankings.get(query.query_id, ()), start=1)}
        for query in queries
    }
    values = {
        (measures[found.measure], found.query_id): float(found.value)
        for found in ir_measures.iter_calc(list(measures), qrels, run)
    }
    return {metric: [values.get((metric, query.query_id), 0.0) for query in queries] for metric in Metric}


def means(scores: Scores) -> dict[Metric, float]:
    """The mean of each metric over the queries; empty without queries."""
    return {metric: sum(values) / len(values) for metric, values in scores.items() if values}
