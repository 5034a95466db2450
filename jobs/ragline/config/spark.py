"""The configuration of Spark."""

from pydantic import Field

from ragline.config.section import Section


class SparkSettings(Section):
    """The Spark session of a job started without spark-submit, and what spark-submit is given."""

    master: str = "local[*]"
    driver_memory: str = "1g"
    conf: dict[str, str] = Field(default_factory=dict)
