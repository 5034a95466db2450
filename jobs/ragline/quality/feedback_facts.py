"""Facts about ``feedback``."""

from ragline.contracts.tables import FEEDBACK
from ragline.quality.facts import Facts, counted, repeated_keys
from ragline.runtime.run import Run


def feedback_facts(run: Run, version: int) -> Facts:
    """How many events there are; which ids repeat; which events click on what was not shown, or say nothing at all."""
    rows = run.lake.read(FEEDBACK, version, columns=["event_id", "ranked", "clicked", "corrected"])
    events = rows.to_pylist()
    found = {
        "duplicate_keys": repeated_keys(rows.select(["event_id"])),
        "clicks_not_shown": [e["event_id"] for e in events if not set(e["clicked"] or ()) <= set(e["ranked"] or ())],
    }
    return counted(found, rows=rows.num_rows)
