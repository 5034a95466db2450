"""Read earlier champions from the audit table."""

import pyarrow.compute as pc

from ragline.contracts.tables import AUDIT
from ragline.lake.lake import Lake

_CHAMPION_CHANGES = ("promote", "rollback")


def last_champion(lake: Lake) -> str | None:
    """Get the release that was made champion last, as ``<pipeline>.retriever/<version>``; None before the first promotion."""
    actions = pc.field("action").isin(list(_CHAMPION_CHANGES))
    subjects = lake.read(AUDIT, columns=["subject", "seq"], filter=actions).sort_by("seq")["subject"].to_pylist()
    return subjects[-1] if subjects else None
