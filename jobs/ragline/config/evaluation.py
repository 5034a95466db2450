"""The configuration of ``evaluate``."""

from ragline.config.addresses import Address
from ragline.config.section import Positive, Section


class EvaluationSettings(Section):
    """How a release is measured against the champion."""

    judgments: Address | None = None
    max_queries: Positive = 300
    min_queries: Positive = 20
    seed: int = 7
