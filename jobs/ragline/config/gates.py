"""The configuration of the gates."""

from typing import Literal

from ragline.config.section import Section


class GateSettings(Section):
    """Where the Great Expectations suites are.

    ``compare_with``: the version whose shares a new one is compared with: that of the serving release (while nothing serves,
    the one published last), always the one published last, or nothing.
    """

    suites: str = "expectations"
    compare_with: Literal["promoted", "published", "nothing"] = "promoted"
