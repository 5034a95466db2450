"""The difference between what a source lists and what the lake holds: items to extract, unchanged ones, and those gone."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.errors import SourceError
from ragline.ingest.sync.earlier_items import with_settings_hash
from ragline.ingest.sync.fingerprint import SettingsHashes
from ragline.ingest.sync.lake_state import LakeState
from ragline.ingest.sync.list_source import LISTED
from ragline.ingest.sync.rows import row_hash
from ragline.lake.large_columns import is_among, positions, take_rows, take_values

# An item to extract, beside what the lake holds of it: null where it holds nothing.
TO_EXTRACT = pa.schema(
    [
        *LISTED,
        ("stored_marker", pa.string()),
        ("stored_content_hash", pa.string()),
        ("stored_metadata_hash", pa.string()),
        ("stored_settings_hash", pa.string()),
        ("same_settings", pa.bool_()),  # whether the settings that shaped it are those of now
        ("part_ids", pa.list_(pa.string())),
        ("part_hashes", pa.list_(pa.string())),
        # Why the item itself stands in quarantine, and the ``row_hash`` of that row.
        ("stored_reason", pa.string()),
        ("stored_refusal_hash", pa.string()),
    ]
)


@dataclass(frozen=True)
class Diff:
    """``to_extract`` (``TO_EXTRACT``), and the rows of ``items`` that are ``unchanged`` or ``gone`` from the source.

    ``completed`` are those of the unchanged ones that lacked a hash of their settings, with it.
    """

    to_extract: pa.Table
    unchanged: pa.Table
    gone: pa.Table
    completed: pa.Table


def diff(
    listed: pa.Table,
    state: LakeState,
    stored: pa.Table,
    hashes: SettingsHashes,
    *,
    earlier_are_current: bool,
    full_refresh: bool,
    sampled: bool,
) -> Diff:
    """Compare the listed items with ``stored``, the rows of ``items`` of the source that was listed.

    An item is unchanged when its change marker and its metadata hash are the stored ones, and the settings that shaped it are
    those of now; one without a marker has to be read to find out. ``earlier_are_current`` says so of items without a hash.
    """
    before = take_rows(stored, positions(listed["doc_id"], among=stored["doc_id"]))  # row by row beside ``listed``
    same_settings = _has_settings(before["settings_hash"], hashes, earlier_are_current)
    unchanged = pc.and_(_is_unchanged(listed, before), same_settings)
    if full_refresh:
        unchanged = _all_false(listed.num_rows)
    columns = [
        *listed.columns,
        before["change_marker"],
        before["content_hash"],
        before["metadata_hash"],
        before["settings_hash"],
        same_settings,
        before["part_ids"],
        before["part_hashes"],
        *_own_refusals(listed["doc_id"], state),
    ]
    to_extract = pa.Table.from_arrays(columns, schema=TO_EXTRACT).filter(pc.invert(unchanged))
    missing = pc.invert(is_among(stored["doc_id"], listed["doc_id"]))
    # A sample ends early: an item that is not in it may still be in the source.
    gone = stored.slice(0, 0) if sampled else stored.filter(missing)
    kept = before.filter(unchanged)
    earlier = kept.filter(pc.is_null(kept["settings_hash"]))
    return Diff(to_extract, kept, gone, with_settings_hash(earlier, hashes, _has_refused_part(earlier, state)))


def _has_settings(stored: pa.ChunkedArray, hashes: SettingsHashes, earlier_are_current: bool) -> pa.ChunkedArray:
    current = pc.is_in(stored, pa.array(hashes.current, pa.string()))
    return pc.or_(current, pc.is_null(stored)) if earlier_are_current else current


def check_listing(source: str, listed: int, known: int) -> None:
    """Refuse an empty listing of a source of which the lake holds nothing: most likely it is the wrong place. Where documents
    are ``known`` from it, ``mass_deletion`` asks about them.

    Raises:
        SourceError: it is such a listing.
    """
    if listed == 0 and known == 0:
        raise SourceError(
            f"Source {source!r} holds no documents: is it the right place? Nothing was changed. If it is meant to be empty, run "
            "again with --allow-mass-delete."
        )


def _is_unchanged(listed: pa.Table, before: pa.Table) -> pa.ChunkedArray:
    has_marker = pc.not_equal(listed["change_marker"], "")
    same_marker = _equal(listed["change_marker"], before["change_marker"])
    same_metadata = _equal(listed["metadata_hash"], before["metadata_hash"])
    return pc.and_(has_marker, pc.and_(same_marker, same_metadata))


def _equal(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(left, right), False)


def _all_false(rows: int) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([False] * rows, pa.bool_())])


def _has_refused_part(items: pa.Table, state: LakeState) -> pa.ChunkedArray:
    refused = set(state.quarantine["doc_id"].to_pylist())
    if not refused:
        return _all_false(items.num_rows)
    found = [any(part in refused for part in parts or ()) for parts in items["part_ids"].to_pylist()]
    return pa.chunked_array([pa.array(found, pa.bool_())])


def _own_refusals(ids: pa.ChunkedArray, state: LakeState) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Reason and row hash of the quarantine rows that are the items' own, not those of their members."""
    at = positions(ids, among=state.quarantine["doc_id"])
    hashes = pa.array([row_hash(row) for row in state.quarantine.to_pylist()], pa.string())
    return take_values(state.quarantine["reason"], at), take_values(hashes, at)
