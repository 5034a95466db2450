"""How a question about a promotion was answered, wherever that was: the audit table tells."""

from typing import Literal

import pyarrow.compute as pc

from ragline.contracts.tables import AUDIT
from ragline.lake.audit import PROMOTE, REJECT, ROLLBACK
from ragline.lake.lake import Lake

Answer = Literal["approved", "rejected", "outdated"]


def answer_since(lake: Lake, subject: str, asked_at: int | None) -> Answer | None:
    """The answer to a question that was put when the audit table was at version ``asked_at``; None while it is open.

    It is outdated once another release was made champion: what the person was shown compares with one that no longer serves.
    """
    decisions = pc.field("action").isin([PROMOTE, REJECT, ROLLBACK])
    since = -1 if asked_at is None else asked_at
    rows = lake.read(AUDIT, columns=["action", "subject", "seq"], filter=decisions, since=since).sort_by("seq").to_pylist()
    for row in rows:
        if row["subject"] == subject and row["action"] in (PROMOTE, REJECT):
            return "approved" if row["action"] == PROMOTE else "rejected"
        if row["action"] in (PROMOTE, ROLLBACK):
            return "outdated"
    return None
