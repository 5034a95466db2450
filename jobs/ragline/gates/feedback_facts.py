"""Facts about ``feedback``."""

import pyarrow as pa

from ragline.contracts.tables import FEEDBACK
from ragline.gates.fact_counts import FactCounts
from ragline.gates.facts import Facts, facts_from_counts, repeated_keys
from ragline.gates.inspection import Inspection
from ragline.gates.row_checks import count_broken


def feedback_facts(inspection: Inspection) -> Facts:
    """Facts about all rows: how many events there are, which ids repeat. Facts about rows since the last check: which break a
    column's rule, which click on what was not shown."""
    lake = inspection.run.lake
    ids = lake.read(FEEDBACK, inspection.version, columns=["event_id"])
    columns = list(dict.fromkeys(["event_id", "ranked", "clicked", *(rule.column for rule in inspection.rules)]))
    counts = FactCounts()
    dataset = lake.dataset(FEEDBACK, inspection.version)
    for batch in dataset.to_batches(columns=columns, filter=inspection.unchecked.filter):
        count_broken(batch, FEEDBACK, inspection.rules, counts)
        counts.add_rows("clicks_not_shown", _not_shown(batch))
    counts.add_rows("duplicate_keys", repeated_keys(ids))
    return facts_from_counts(counts, ["rows_checked", "clicks_not_shown", *inspection.counts], rows=ids.num_rows)


def _not_shown(events: pa.RecordBatch) -> list[str]:
    columns = (events[name].to_pylist() for name in ("event_id", "clicked", "ranked"))
    return [event for event, clicked, ranked in zip(*columns, strict=True) if not set(clicked or ()) <= set(ranked or ())]
