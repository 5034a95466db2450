"""What becomes of each document: pure functions on narrow tables (ids and hashes, about a hundred bytes a document)."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.preprocess.duplicates.exact import choose_originals
from ragline.preprocess.outcome_state import CHUNKED, DUPLICATE, EMPTY, State


@dataclass(frozen=True)
class Decision:
    """What to do.

    ``members``: doc_id, normal_hash, kept_id, outcome of every document touched and of all that share a hash with one.
    ``to_chunk``: documents whose chunks are written. ``unchunked``: those that had chunks and lose them.
    ``gone``: documents that are no more.
    """

    members: pa.Table
    to_chunk: pa.Array
    unchunked: pa.Array
    gone: pa.Array


def decide(state: State, located: pa.Table, hashes: pa.Table, *, deduplicate: bool) -> Decision:
    """Compare what was with what is.

    ``located``: doc_id, deleted of the documents that changed. ``hashes``: doc_id, normal_hash of those still there.
    """
    before = state.outcomes
    changed = located["doc_id"].combine_chunks()
    touched = pc.unique(pa.concat_arrays([changed, state.stray]))
    unchanged = before.filter(pc.invert(pc.is_in(before["doc_id"], changed))).select(["doc_id", "normal_hash"])
    now = pa.concat_tables([unchanged, hashes.select(["doc_id", "normal_hash"])])
    members = _with_outcomes(_related(now, before, touched), deduplicate)
    chunked_now = members.filter(pc.equal(members["outcome"], CHUNKED))["doc_id"].combine_chunks()
    chunked_before = before.filter(pc.equal(before["outcome"], CHUNKED))["doc_id"].combine_chunks()
    fresh = pc.or_(pc.is_in(chunked_now, changed), pc.invert(pc.is_in(chunked_now, chunked_before)))
    considered = pc.unique(pa.concat_arrays([touched, members["doc_id"].combine_chunks()]))
    unchunked = considered.filter(pc.is_in(considered, chunked_before))
    return Decision(
        members=members,
        to_chunk=chunked_now.filter(fresh),
        unchunked=unchunked.filter(pc.invert(pc.is_in(unchunked, chunked_now))),
        gone=touched.filter(pc.invert(pc.is_in(touched, now["doc_id"].combine_chunks()))),
    )


def _related(now: pa.Table, before: pa.Table, touched: pa.Array) -> pa.Table:
    """The documents touched, and all that share a hash with what one of them was or is."""
    hashes = [rows.filter(pc.is_in(rows["doc_id"], touched))["normal_hash"].combine_chunks() for rows in (now, before)]
    shared = pc.unique(pa.concat_arrays(hashes))
    shared = shared.filter(pc.not_equal(shared, ""))
    return now.filter(pc.or_(pc.is_in(now["normal_hash"], shared), pc.is_in(now["doc_id"], touched)))


def _with_outcomes(documents: pa.Table, deduplicate: bool) -> pa.Table:
    chosen = choose_originals(documents) if deduplicate else documents.append_column("kept_id", documents["doc_id"])
    kept = pc.if_else(pc.equal(chosen["kept_id"], chosen["doc_id"]), CHUNKED, DUPLICATE)
    outcome = pc.if_else(pc.equal(chosen["normal_hash"], ""), EMPTY, kept)
    return chosen.append_column("outcome", outcome).sort_by("doc_id")
