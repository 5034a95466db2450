"""The configuration of ``feedback collect`` and ``feedback pairs``."""

from ragline.config.addresses import Address
from ragline.config.personal_data import PersonalDataPolicy
from ragline.config.section import Positive, Section


class FeedbackSettings(Section):
    """Where applications drop feedback events, what is stored of them, and when it is used.

    ``landing``: the folder of JSONL files; by default one of the pipeline's own, ``.ragline/<pipeline>/feedback``.
    ``min_new_pairs``: how many new pairs start a training run. ``retry_days``: for how long a choice that gave no pair is tried
    again. ``personal_data``: what is done with personal data in queries before they are stored; ``drop`` refuses the event, and
    nothing can be tagged in a query, so that ``tag`` keeps it.
    """

    landing: Address = ""
    min_new_pairs: Positive = 50
    retry_days: Positive = 30
    personal_data: PersonalDataPolicy = PersonalDataPolicy(policy="redact")
