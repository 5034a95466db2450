"""The retrieval metrics a release is measured by. One more member here is one more metric everywhere.

The settings offer it, ``evaluate`` computes it, its report and the MLflow run show it. A name is an expression that ir-measures
reads (https://ir-measur.es): measure, ``@``, cut-off.
"""

from enum import StrEnum


class Metric(StrEnum):
    """A metric by the name that ir-measures, the settings and the reports have for it; higher is better."""

    NDCG_10 = "nDCG@10"
    RECALL_10 = "R@10"
    RECIPROCAL_RANK_10 = "RR@10"
