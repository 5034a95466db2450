"""What a run would do, without doing it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.settings import Settings
from ragline.errors import SourceError
from ragline.ingest.source import Listing, Source
from ragline.ingest.source_types import configured_sources
from ragline.ingest.sync.diff import TO_EXTRACT, Diff, check_listing, diff
from ragline.ingest.sync.earlier_items import are_earlier_items_current
from ragline.ingest.sync.fingerprint import settings_hashes
from ragline.ingest.sync.lake_state import LakeState, load_lake_state
from ragline.ingest.sync.list_source import list_here
from ragline.ingest.sync.mass_deletion import Loss
from ragline.ingest.sync.options import SyncOptions
from ragline.lake.lake import Lake
from ragline.lake.large_columns import distinct, is_among, whole


@dataclass(frozen=True)
class Forecast:
    """What would happen to the items of one source, in numbers of items.

    Attributes:
        changed: with another change marker. Some of them may turn out to hold what they held.
        moved: gone under one id and new under another, here or in another source, with one change marker.
        deleted: gone, and nothing new has their change marker.
        bytes: to be read, as far as the source tells sizes.
        stopped_by: why nothing of this source would be changed.
        may_be_stopped_by: the same, where it depends on what new items hold: that is known once they are read.
    """

    source: str
    new: int = 0
    changed: int = 0
    moved: int = 0
    deleted: int = 0
    unchanged: int = 0
    too_large: int = 0
    bytes: int = 0
    stopped_by: str = ""
    may_be_stopped_by: str = ""


def forecast(settings: Settings, names: Sequence[str] | None, options: SyncOptions) -> list[Forecast]:
    """List the sources and compare them with the lake. Nothing is read but what listing must, and nothing written.

    Sources that are not configured any more, and would lose their documents, come last.

    Raises:
        ConfigError: a source or its options are wrong.
        SourceError: a source cannot be listed to its end.
    """
    lake = Lake(settings.lake.uri)
    state = load_lake_state(lake)
    compared = [_compared(lake, settings, source, state, options) for source in configured_sources(settings, names)]
    if names is None and options.sample is None:
        configured = [source.name for source in settings.sources]
        compared += [_Compared(name, gone=state.items_of(name)) for name in state.sources_but(configured)]
    return _forecasts(compared, state, None if options.allow_mass_delete else settings.ingest.max_deleted_share)


@dataclass(frozen=True)
class _Compared:
    """The listing of a source beside what the lake holds of it. Without ``found`` it is not configured any more."""

    source: str
    gone: pa.Table
    found: Diff | None = None
    max_bytes: int = 0
    stopped_by: str = ""

    @property
    def to_extract(self) -> pa.Table:
        """``TO_EXTRACT``."""
        return TO_EXTRACT.empty_table() if self.found is None else self.found.to_extract

    @property
    def new(self) -> pa.Table:
        """The items that the lake does not hold; those have no stored marker."""
        return self.to_extract.filter(pc.is_null(self.to_extract["stored_marker"]))


def _compared(lake: Lake, settings: Settings, source: Source[Any], state: LakeState, options: SyncOptions) -> _Compared:
    listing = Listing(state.change_markers(source.name), spool=lambda content: "")
    listed = list_here(source, listing, options.sample)
    stored = state.items_of(source.name)
    found = diff(
        listed,
        state,
        stored,
        settings_hashes(settings, source),
        earlier_are_current=are_earlier_items_current(lake, settings, stored),
        full_refresh=options.full_refresh,
        sampled=options.sample is not None,
    )
    return _Compared(source.name, found.gone, found, source.options.max_bytes, _empty(source.name, listed, state))


def _empty(source: str, listed: pa.Table, state: LakeState) -> str:
    try:
        check_listing(source, listed.num_rows, state.documents_of(source))
    except SourceError as error:
        return str(error)
    return ""


def _forecasts(compared: Sequence[_Compared], state: LakeState, max_share: float | None) -> list[Forecast]:
    """Those of all sources together: what is gone from one may be new in another."""
    arrived = Counter(marker for one in compared for marker in one.new["change_marker"].to_pylist() if marker)
    missing = [_not_in(arrived, one.gone) for one in compared]
    moved = sum(one.gone.num_rows for one in compared) - sum(rows.num_rows for rows in missing)
    # Whether a new item is a missing one under another name shows when it is read; where all new ones have moved, none is left.
    is_certain = moved == sum(one.new.num_rows for one in compared)
    made = []
    for one, rows in zip(compared, missing, strict=True):
        message = "" if max_share is None else one.stopped_by or _loss(one, rows, state, max_share)
        numbers = _numbers(one, rows.num_rows)
        is_known = is_certain or one.stopped_by
        made.append(replace(numbers, stopped_by=message) if is_known else replace(numbers, may_be_stopped_by=message))
    return made


def _not_in(arrived: "Counter[str]", gone: pa.Table) -> pa.Table:
    """The items that are gone without a new one with their change marker, which is taken out of ``arrived``."""
    is_missing = []
    for marker in gone["change_marker"].to_pylist():
        is_missing.append(arrived[marker] == 0)
        arrived[marker] -= arrived[marker] > 0
    return gone.filter(pa.array(is_missing, pa.bool_()))


def _loss(one: _Compared, missing: pa.Table, state: LakeState, max_share: float) -> str:
    """Why the run would stop; "" if it would not."""
    parts = distinct(pc.list_flatten(whole(missing["part_ids"])))
    documents = pc.sum(is_among(state.documents["doc_id"], parts)).as_py() or 0
    loss = Loss(one.source, state.documents_of(one.source), documents, is_removed=one.found is None)
    return loss.explain(max_share) if loss.is_too_large(max_share) else ""


def _numbers(one: _Compared, missing: int) -> Forecast:
    new, gone = (Counter(rows["change_marker"].to_pylist()) for rows in (one.new, one.gone))
    too_large = pc.greater(pc.fill_null(one.to_extract["size"], 0), one.max_bytes)
    del new[""]
    return Forecast(
        one.source,
        new=one.new.num_rows - (new & gone).total(),
        changed=one.to_extract.num_rows - one.new.num_rows,
        moved=one.gone.num_rows - missing,
        deleted=missing,
        unchanged=0 if one.found is None else one.found.unchanged.num_rows,
        too_large=pc.sum(too_large).as_py() or 0,
        bytes=pc.sum(one.to_extract.filter(pc.invert(too_large))["size"]).as_py() or 0,
    )
