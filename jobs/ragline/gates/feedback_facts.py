"""Facts about ``feedback``."""

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import FEEDBACK, QUARANTINE
from ragline.gates.fact_counts import FactCounts
from ragline.gates.facts import Facts, facts_from_counts, repeated_keys
from ragline.gates.inspection import Inspection
from ragline.gates.row_checks import count_broken

# A share of fewer lines says little.
_LINES_FOR_A_SHARE = 20


def feedback_facts(inspection: Inspection) -> Facts:
    """Facts about all rows: how many events there are, which ids repeat. Facts about rows since the last check: which break a
    column's rule, which click on what was not shown (collection refuses those now; suites of before ask); and what share of the
    lines that came since then were refused when they were collected."""
    lake = inspection.run.lake
    ids = lake.read(FEEDBACK, inspection.version, columns=["event_id"])
    columns = list(dict.fromkeys(["event_id", "ranked", "clicked", *(rule.column for rule in inspection.rules)]))
    counts = FactCounts()
    dataset = lake.dataset(FEEDBACK, inspection.version)
    for batch in dataset.to_batches(columns=columns, filter=inspection.unchecked.filter):
        count_broken(batch, FEEDBACK, inspection.rules, counts)
        counts.add_rows("clicks_not_shown", _not_shown(batch))
    counts.add_rows("duplicate_keys", repeated_keys(ids))
    refused = lake.read(QUARANTINE, columns=["stage"], filter=pc.field("stage") == "feedback").num_rows
    return facts_from_counts(
        counts,
        ["rows_checked", "clicks_not_shown", *inspection.counts],
        rows=ids.num_rows,
        refused=refused,
        refused_share=_refused_share(inspection, refused, counts.count("rows_checked")),
    )


def _refused_share(inspection: Inspection, refused: int, taken: int) -> float:
    """The share of refused lines among those that came since the last check; 0 where they are few."""
    checked = inspection.last.gate_result.get("facts", {}) if inspection.last and inspection.since is not None else {}
    new = max(refused - int(checked.get("refused") or 0), 0)
    return new / (new + taken) if new + taken >= _LINES_FOR_A_SHARE else 0.0


def _not_shown(events: pa.RecordBatch) -> list[str]:
    columns = (events[name].to_pylist() for name in ("event_id", "clicked", "ranked"))
    return [event for event, clicked, ranked in zip(*columns, strict=True) if not set(clicked or ()) <= set(ranked or ())]
