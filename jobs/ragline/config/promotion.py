"""The configuration of ``promote``."""

from typing import Annotated, Literal

from pydantic import Field

from ragline.config.section import Section
from ragline.contracts.metrics import Metric


class PromotionSettings(Section):
    """When a release may serve."""

    mode: Literal["auto", "manual"] = "auto"
    on_unmeasured: Literal["ask", "promote", "refuse"] = "ask"
    metric: Metric = Metric.NDCG_10
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.01
    floor: Annotated[float, Field(ge=0, le=1)] | None = None
    response_timeout_hours: Annotated[float, Field(gt=0)] = 72
