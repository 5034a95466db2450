"""The configuration of ``feedback collect`` and ``feedback pairs``."""

from ragline.config.section import Positive, Section


class FeedbackSettings(Section):
    """Where applications drop feedback events, and how many new pairs start a training run."""

    landing: str = ".ragline/feedback"
    min_new_pairs: Positive = 50
