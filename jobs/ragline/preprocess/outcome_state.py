"""What earlier runs made of each document: the state that an incremental run starts from.

An ``outcomes`` commit names, in its inputs, the chunks version that it belongs to. It is made before that chunks
version; if a run dies in between, its rows are later than those of the last chunks version and count for nothing,
but that the next run writes those documents' rows again.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, DOCUMENTS, OUTCOMES
from ragline.runtime.lake import CommitInfo, Lake, newest_rows

CHUNKED, DUPLICATE, EMPTY = "chunked", "duplicate", "empty"

_SCHEMA = pa.schema([OUTCOMES.schema.field(name) for name in ("doc_id", "normal_hash", "outcome", "chunk_count")])


@dataclass(frozen=True)
class State:
    """``outcomes``: one row per document as of the last chunks commit (doc_id, normal_hash, outcome, chunk_count).
    ``stray``: documents with newer rows, from a run that did not get to its end."""

    outcomes: pa.Table
    stray: pa.Array


def outcomes_inputs(documents_version: int, chunks_version: int) -> dict[str, int]:
    """The inputs of the ``outcomes`` and ``duplicates`` commits that belong to a chunks version."""
    return {DOCUMENTS.name: documents_version, CHUNKS.name: chunks_version}


def load_state(lake: Lake, last: CommitInfo) -> State | None:
    """The state that belongs to a chunks commit; None if its record is gone, so that everything has to be done again."""
    wanted = outcomes_inputs(last.inputs[DOCUMENTS.name], last.version)
    commits = (c for c in lake.commits(OUTCOMES) if c.inputs == wanted and c.fingerprint == last.fingerprint)
    if (belonging := next(commits, None)) is None:
        return None
    rows = lake.dataset(OUTCOMES).to_table()
    earlier = rows.filter(pc.less_equal(rows["seq"], belonging.version))
    later = rows.filter(pc.greater(rows["seq"], belonging.version))
    counting = earlier.filter(newest_rows(earlier["doc_id"], earlier["seq"]))
    live = counting.filter(pc.invert(counting["deleted"]))
    return State(live.select(_SCHEMA.names).cast(_SCHEMA), pc.unique(later["doc_id"]).cast(pa.string()))


def blank_state(lake: Lake) -> State:
    """The state of a run that does everything again: nothing is known, and every row there is may be stale."""
    return State(_SCHEMA.empty_table(), lake.read(OUTCOMES, columns=["doc_id"])["doc_id"].combine_chunks())
