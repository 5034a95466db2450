"""Known-item queries: a summary, title or heading used as a query that its own document must answer.

A model must not be evaluated with queries that it was trained on. The stage that evaluates and the stage that trains divide the
queries by the same rule: a summary is for evaluation only; a title or heading is for one of the two for good, by its hash,
however the corpus grows.
"""

import hashlib
import re
from typing import Literal

from ragline.contracts.unicode_forms import normalised

Role = Literal["evaluation", "training"]
Kind = Literal["summary", "title", "heading"]


def normalise_query(text: str) -> str:
    """Compatibility-composed, case-folded, single-spaced: queries equal under this are one query."""
    return re.sub(r"\s+", " ", normalised("NFKC", text)).strip().casefold()


def role_of(kind: Kind, text: str) -> Role:
    """Whether a known-item query is for evaluation or for training."""
    if kind == "summary":
        return "evaluation"
    digest = hashlib.sha256(normalise_query(text).encode("utf-8", "surrogatepass")).digest()
    return "evaluation" if digest[0] % 2 == 0 else "training"
