"""Rows that other stages write."""

import pyarrow as pa

from ragline.contracts.tables import QUARANTINE
from ragline.lake.commits import Commit


def quarantine_of_feedback(lake):
    """Append a refusal as the feedback stage writes it."""
    row = {
        "doc_id": "f" * 32,
        "content_hash": "0" * 64,
        "source": "feedback",
        "source_id": "event",
        "stage": "feedback",
        "reason": "bad_event",
        "deleted": False,
    }
    lake.append(QUARANTINE, pa.Table.from_pylist([row], schema=QUARANTINE.schema), Commit("feedback", "r"))
