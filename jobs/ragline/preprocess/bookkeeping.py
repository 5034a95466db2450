"""The rows of ``outcomes`` and ``duplicates`` that a run appends."""

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DUPLICATES, OUTCOMES
from ragline.preprocess.decision import Decision
from ragline.preprocess.duplicates.exact import METHOD
from ragline.preprocess.outcome_state import DUPLICATE, State


def outcome_rows(decision: Decision, state: State, chunk_counts: pa.Table) -> pa.Table:
    """One row for each document decided on, and a marker for each that is gone.

    ``chunk_counts``: doc_id, chunk_count of the documents chunked in this run; of the others the count stays.
    """
    known = state.outcomes.select(["doc_id", "chunk_count"])
    kept = known.filter(pc.invert(pc.is_in(known["doc_id"], chunk_counts["doc_id"].combine_chunks())))
    counts = pa.concat_tables([chunk_counts.cast(known.schema), kept])
    rows = decision.members.join(counts, "doc_id", join_type="left outer")
    chunked = pc.equal(rows["outcome"], "chunked")
    live = pa.table(
        {
            "doc_id": rows["doc_id"],
            "normal_hash": rows["normal_hash"],
            "outcome": rows["outcome"],
            "chunk_count": pc.if_else(chunked, rows["chunk_count"], pa.scalar(0, pa.int32())),
            "deleted": pa.repeat(False, rows.num_rows),
        }
    )
    gone = pa.table({"doc_id": decision.gone, "deleted": pa.repeat(True, len(decision.gone))})
    return _shaped(pa.concat_tables([live, gone], promote_options="default"), OUTCOMES.schema, "doc_id")


def duplicate_rows(decision: Decision, recorded: pa.Table) -> pa.Table:
    """What to append to ``duplicates`` so that it tells of the documents decided on what is so now.

    ``recorded``: the rows that count in the table (dropped_id, kept_id).
    """
    members = decision.members.filter(pc.equal(decision.members["outcome"], DUPLICATE))
    now = dict(zip(members["doc_id"].to_pylist(), members["kept_id"].to_pylist(), strict=True))
    decided = pa.concat_arrays([decision.members["doc_id"].combine_chunks(), decision.gone])
    recorded = recorded.filter(pc.is_in(recorded["dropped_id"], decided))
    before = dict(zip(recorded["dropped_id"].to_pylist(), recorded["kept_id"].to_pylist(), strict=True))
    new = [
        {"dropped_id": dropped, "kept_id": kept, "method": METHOD, "score": 1.0, "deleted": False}
        for dropped, kept in now.items()
        if before.get(dropped) != kept
    ]
    over = [{"dropped_id": dropped, "deleted": True} for dropped in before if dropped not in now]
    return _shaped(pa.Table.from_pylist([*new, *over], DUPLICATES.schema), DUPLICATES.schema, "dropped_id")


def _shaped(rows: pa.Table, schema: pa.Schema, key: str) -> pa.Table:
    for name in schema.names:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(rows.num_rows, schema.field(name).type))
    return rows.select(schema.names).cast(schema).sort_by(key)
