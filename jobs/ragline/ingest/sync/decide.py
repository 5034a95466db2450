"""Compare what is listed with what is known: which items are taken in, which have not changed, which are gone."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.errors import SourceError
from ragline.ingest.sync.known import Known
from ragline.ingest.sync.listed import LISTED
from ragline.ingest.sync.rows import row_hash

# What an item costs however small it is, in bytes of one that is read.
_COST_OF_AN_ITEM = 4096

# An item to take in, with what is known of it.
TAKE = pa.schema(
    [
        *LISTED,
        ("known_marker", pa.string()),
        ("known_content", pa.string()),
        ("known_metadata", pa.string()),
        ("part_ids", pa.list_(pa.string())),
        ("part_hashes", pa.list_(pa.string())),
        ("is_refused", pa.bool_()),
        # Why the item itself stands in quarantine, and the ``rows.row_hash`` of that.
        ("known_reason", pa.string()),
        ("known_refusal", pa.string()),
    ]
)


@dataclass(frozen=True)
class Decision:
    """``take`` (``TAKE``), and the known items (rows of ``items``) that are ``unchanged`` or ``gone``."""

    take: pa.Table
    unchanged: pa.Table
    gone: pa.Table


def decide(listed: pa.Table, known: Known, in_scope: pa.Table, *, full_refresh: bool, sampled: bool) -> Decision:
    """Decide for every item. ``in_scope`` are the known items of the sources that were listed.

    An item is unchanged when its change marker and its metadata hash are those of the last time. Refused items get another
    try when the configuration has changed. A sample says nothing of what is missing in it.
    """
    at = pc.index_in(listed["doc_id"], in_scope["doc_id"].combine_chunks())
    before = in_scope.take(at)
    refused = _has_refused_part(before, known)
    same = pc.and_(
        _equal(listed["change_marker"], before["change_marker"]), _equal(listed["metadata_hash"], before["metadata_hash"])
    )
    same = pc.and_(same, pc.not_equal(listed["change_marker"], ""))
    if known.retry_refused:
        same = pc.and_(same, pc.invert(refused))
    if full_refresh:
        same = pa.chunked_array([pa.array([False] * listed.num_rows, pa.bool_())])
    columns = [
        *listed.columns,
        before["change_marker"],
        before["content_hash"],
        before["metadata_hash"],
        before["part_ids"],
        before["part_hashes"],
        refused,
        *_refusals(listed["doc_id"], known),
    ]
    take = pa.Table.from_arrays(columns, schema=TAKE).filter(pc.invert(same))
    missing = pc.invert(pc.is_in(in_scope["doc_id"], listed["doc_id"].combine_chunks()))
    gone = in_scope.slice(0, 0) if sampled else in_scope.filter(missing)
    return Decision(take, before.filter(same), gone)


def check_listing(source: str, listed: int, known: int, gone: int, max_share: float | None) -> None:
    """A share that is half mounted must not erase a corpus.

    Raises:
        SourceError: the listing is empty, or misses more of the known documents than ``max_share`` (None: any).
    """
    if listed == 0:
        raise SourceError(f"Source {source!r} holds no documents: is it the right place? Nothing was changed.")
    if max_share is not None and known and gone / known > max_share:
        raise SourceError(
            f"Source {source!r} lists {known - gone:,} of the {known:,} items known from it: {gone / known:.0%} are missing, and "
            f"ingest.max_deleted_share is {max_share:.0%}. Nothing of it was changed. If they are meant to go, run again with "
            "--allow-mass-delete."
        )


def spread(take: pa.Table, tasks: int) -> list[pa.Table]:
    """Cut items into runs of about as many bytes, in the order of the listing: sources read neighbours together."""
    average = int(pc.mean(take["size"]).as_py() or 1)
    costs = [size + _COST_OF_AN_ITEM for size in pc.fill_null(take["size"], average).to_pylist()]
    target = sum(costs) / tasks
    shares, start, held = [], 0, 0
    for row, cost in enumerate(costs):
        if held and held + cost / 2 > target:
            shares.append(take.slice(start, row - start))
            start, held = row, 0
        held += cost
    return [*shares, take.slice(start)]


def _equal(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(left, right), False)


def _has_refused_part(items: pa.Table, known: Known) -> pa.ChunkedArray:
    refused = set(known.quarantine["doc_id"].to_pylist())
    if not refused:
        return pa.chunked_array([pa.array([False] * items.num_rows, pa.bool_())])
    found = [any(part in refused for part in parts or ()) for parts in items["part_ids"].to_pylist()]
    return pa.chunked_array([pa.array(found, pa.bool_())])


def _refusals(ids: pa.ChunkedArray, known: Known) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    at = pc.index_in(ids, known.quarantine["doc_id"].combine_chunks())
    hashes = pa.array([row_hash(row) for row in known.quarantine.to_pylist()], pa.string())
    return known.quarantine["reason"].take(at), pa.chunked_array([hashes]).take(at)
