"""What a run would do, and what it would cost, without doing it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.settings import Settings
from ragline.errors import SourceError
from ragline.ingest.source import Listing, Source
from ragline.ingest.source_types import configured_sources
from ragline.ingest.sync.diff import Diff, check_listing, diff
from ragline.ingest.sync.earlier_items import are_earlier_items_current
from ragline.ingest.sync.fingerprint import settings_hashes
from ragline.ingest.sync.lake_state import LakeState, load_lake_state
from ragline.ingest.sync.list_source import list_here
from ragline.lake.files import list_files
from ragline.lake.lake import Lake
from ragline.lake.run_manifests import load_run_manifest


@dataclass(frozen=True)
class Forecast:
    """What would happen to the items of one source, in numbers of items.

    Attributes:
        changed: with another change marker. Some of them may turn out to hold what they held.
        moved: new under one id and gone under another, with one change marker.
        bytes: to be read, as far as the source tells sizes.
        stopped_by: why the run would stop.
    """

    source: str
    new: int
    changed: int
    moved: int
    deleted: int
    unchanged: int
    too_large: int
    bytes: int
    stopped_by: str = ""


def forecast(settings: Settings, names: Sequence[str] | None, sample: int | None, *, full_refresh: bool) -> list[Forecast]:
    """List the sources and compare them with the lake. Nothing is read but what listing must, and nothing written.

    Raises:
        ConfigError: a source or its options are wrong.
        SourceError: a source cannot be listed to its end.
    """
    state = load_lake_state(Lake(settings.lake.uri))
    return [_of(settings, source, state, sample, full_refresh) for source in configured_sources(settings, names)]


def _of(settings: Settings, source: Source[Any], state: LakeState, sample: int | None, full_refresh: bool) -> Forecast:
    listing = Listing(state.change_markers(source.name), spool=lambda content: "")
    listed = list_here(source, listing, sample)
    stored = state.items.filter(pc.equal(state.items["source"], source.name))
    found = diff(
        listed,
        state,
        stored,
        settings_hashes(settings, source),
        earlier_are_current=are_earlier_items_current(Lake(settings.lake.uri), settings, stored),
        full_refresh=full_refresh,
        sampled=sample is not None,
    )
    is_stored = pc.is_in(found.to_extract["doc_id"], stored["doc_id"].combine_chunks())
    new = found.to_extract.filter(pc.invert(is_stored))
    moved = _moved(new, found.gone)
    too_large = pc.greater(pc.fill_null(found.to_extract["size"], 0), source.options.max_bytes)
    return Forecast(
        source.name,
        new=new.num_rows - moved,
        changed=found.to_extract.num_rows - new.num_rows,
        moved=moved,
        deleted=found.gone.num_rows - moved,
        unchanged=found.unchanged.num_rows,
        too_large=pc.sum(too_large).as_py() or 0,
        bytes=pc.sum(found.to_extract.filter(pc.invert(too_large))["size"]).as_py() or 0,
        stopped_by=_stopped_by(settings, source.name, listed, stored, found),
    )


def _moved(new: pa.Table, gone: pa.Table) -> int:
    """How many items seem to have moved: a new one has the change marker of one that is gone."""
    new_markers = Counter(marker for marker in new["change_marker"].to_pylist() if marker)
    return (new_markers & Counter(gone["change_marker"].to_pylist())).total()


def _stopped_by(settings: Settings, name: str, listed: pa.Table, stored: pa.Table, found: Diff) -> str:
    try:
        check_listing(name, listed.num_rows, stored.num_rows, found.gone.num_rows, settings.ingest.max_deleted_share)
    except SourceError as error:
        return str(error)
    return ""


@dataclass(frozen=True)
class Cost:
    """Seconds and tokens that so many documents would take, by the rates of this lake's earlier runs."""

    documents: int
    tokens: int
    seconds: dict[str, float]


def cost(lake_uri: str, documents: int) -> Cost | None:
    """What these documents would cost; None if no earlier run shows a rate."""
    ingest, preprocess, embed = (_past_runs(lake_uri, job) for job in ("ingest", "preprocess", "embed"))
    prepared, tokens = preprocess.counts["documents"], preprocess.counts["tokens"]
    if not prepared:
        return None
    expected = round(documents * tokens / prepared)
    seconds = {
        "ingest": ingest.seconds_for(documents, ingest.counts["new"] + ingest.counts["changed"]),
        "preprocess": preprocess.seconds_for(documents, prepared),
        "embed": embed.seconds_for(expected, embed.counts["tokens"]),
    }
    return Cost(documents, expected, {job: round(needed, 1) for job, needed in seconds.items() if needed is not None})


@dataclass(frozen=True)
class _PastRuns:
    """How long the finished runs of a job took together, and the sums of their counts."""

    seconds: float
    counts: Counter[str]

    def seconds_for(self, items: int, done: int) -> float | None:
        """How long so many items would take, if ``done`` of them took all that time."""
        return items * self.seconds / done if done else None


def _past_runs(lake_uri: str, job: str) -> _PastRuns:
    manifests = (load_run_manifest(uri) for uri in list_files(f"{lake_uri}/_runs/{job}") if uri.endswith(".json"))
    done = [manifest for manifest in manifests if manifest and manifest.status == "done"]
    counts: Counter[str] = Counter()
    for manifest in done:
        counts.update(manifest.counts)
    return _PastRuns(sum(manifest.wall_seconds or 0.0 for manifest in done), counts)
