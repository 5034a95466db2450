"""What the audit table tells of champions past."""

import pyarrow.compute as pc

from ragline.contracts.tables import AUDIT
from ragline.lake.lake import Lake

_CHANGES = ("promote", "rollback")


def last_change(lake: Lake) -> str | None:
    """The subject (``<pipeline>.retriever/<version>``) that the last promotion or rollback made champion, or None."""
    actions = pc.field("action").isin(list(_CHANGES))
    subjects = lake.read(AUDIT, columns=["subject", "seq"], filter=actions).sort_by("seq")["subject"].to_pylist()
    return subjects[-1] if subjects else None
