"""Known-item queries: which text of a document may stand in for a question about it.

The rule that keeps evaluation honest lives here, because the stage that evaluates and the stage
that trains must agree on it: a summary is only ever asked, never trained on; a title or heading
belongs to one side for good, by its hash, however the corpus grows.
"""

import hashlib
import re
import unicodedata
from typing import Literal

Role = Literal["evaluation", "training"]
Kind = Literal["summary", "title", "heading"]


def normalise_query(text: str) -> str:
    """Compatibility-composed, case-folded, single-spaced: queries equal under this are one query."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def role_of(kind: Kind, text: str) -> Role:
    """The side a known-item query belongs to."""
    if kind == "summary":
        return "evaluation"
    digest = hashlib.sha256(normalise_query(text).encode("utf-8", "surrogatepass")).digest()
    return "evaluation" if digest[0] % 2 == 0 else "training"
