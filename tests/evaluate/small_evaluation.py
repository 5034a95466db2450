"""A small evaluation made by hand: two documents, two queries, one of which the release answers worse than the champion."""

from ragline.contracts.metrics import Metric
from ragline.evaluate.comparison import Comparison
from ragline.evaluate.measurement import Measurement, ScoredRankings
from ragline.evaluate.metrics import means
from ragline.evaluate.query import Query
from ragline.evaluate.query_set import QuerySet
from ragline.evaluate.verdict import Evaluation

QUERIES = [
    Query("1", "who pays", "judgments", {"bills": 1}),
    Query("2", "who travels", "judgments", {"trips": 1}),
]


def scored(rankings: dict[str, list[str]], *values: float) -> ScoredRankings:
    return ScoredRankings(rankings, {metric: list(values) for metric in Metric})


RELEASE = scored({"1": ["trips", "bills"], "2": ["trips", "bills"]}, 0.5, 1.0)
CHAMPION = scored({"1": ["bills", "trips"], "2": ["trips", "bills"]}, 1.0, 1.0)
EVALUATION = Evaluation(
    release=2,
    champion=1,
    verdict="worse",
    reason="its nDCG@10 is <lower>",
    query_set=QuerySet(QUERIES, not_in_both=3, masked=False, origin="judgments/mine"),
    measurement=Measurement(
        QUERIES,
        as_served=RELEASE,
        release=RELEASE,
        champion=CHAMPION,
        comparisons={metric: Comparison(-0.25, -0.5, 0.0, wins=0, losses=1, ties=1) for metric in Metric},
        modes={"fused": means(RELEASE.scores)},
    ),
    source_ids={"bills": "bills.md", "trips": "trips.md"},
)
