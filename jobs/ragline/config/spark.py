"""The configuration of Spark."""

from typing import Literal

from pydantic import Field

from ragline.config.section import Section


class SparkSettings(Section):
    """The Spark session of a job started without spark-submit, and what spark-submit is given.

    ``use``: which steps work in Spark. ``auto``: those that have enough to do for it; ``always``: all that can; ``never``: none,
    so that preprocess, which works in Spark only, is refused.
    """

    use: Literal["auto", "always", "never"] = "auto"
    master: str = "local[*]"
    driver_memory: str = "1g"
    conf: dict[str, str] = Field(default_factory=dict)
