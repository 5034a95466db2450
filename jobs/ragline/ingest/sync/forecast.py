"""What a run would do, and what it would cost, without doing it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.errors import SourceError
from ragline.ingest.source import Listing
from ragline.ingest.source_types import configured_sources
from ragline.ingest.sync.decide import Decision, check_listing, decide
from ragline.ingest.sync.known import Known, load_known
from ragline.ingest.sync.listed import ConfiguredSource, list_here
from ragline.ingest.sync.stage import ingest_fingerprint
from ragline.lake.files import list_files, read_bytes
from ragline.lake.lake import Lake


@dataclass(frozen=True)
class Forecast:
    """What would happen to the items of one source. ``changed`` counts those whose change marker is another: some of them may
    turn out to hold what they held. ``moved``: gone here, new there, with one marker. ``bytes`` are those to be read, as far
    as the source tells sizes. ``stopped_by`` is why the run would stop."""

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
    """Look at the sources, read nothing but what listing must, write nothing.

    Raises:
        ConfigError: a source or its options are wrong.
        SourceError: a source cannot be listed to its end.
    """
    known = load_known(Lake(settings.lake.uri), ingest_fingerprint(settings))
    by_name = {source.name: source for source in settings.sources}
    sources = [ConfiguredSource(source, by_name[source.name]) for source in configured_sources(settings, names)]
    return [_of(settings, source, known, sample, full_refresh) for source in sources]


def _of(settings: Settings, configured: ConfiguredSource, known: Known, sample: int | None, full_refresh: bool) -> Forecast:
    listing = Listing(known.markers(configured.name), spool=lambda content: "")
    listed = list_here(configured, listing, sample)
    in_scope = known.items.filter(pc.equal(known.items["source"], configured.name))
    decision = decide(listed, known, in_scope, full_refresh=full_refresh, sampled=sample is not None)
    is_known = pc.is_in(decision.take["doc_id"], in_scope["doc_id"].combine_chunks())
    fresh = decision.take.filter(pc.invert(is_known))
    moved = _moved(fresh, decision)
    large = pc.greater(pc.fill_null(decision.take["size"], 0), configured.source.options.max_bytes)
    return Forecast(
        configured.name,
        new=fresh.num_rows - moved,
        changed=decision.take.num_rows - fresh.num_rows,
        moved=moved,
        deleted=decision.gone.num_rows - moved,
        unchanged=decision.unchanged.num_rows,
        too_large=pc.sum(large).as_py() or 0,
        bytes=pc.sum(decision.take.filter(pc.invert(large))["size"]).as_py() or 0,
        stopped_by=_stopped_by(settings, configured.name, listed, in_scope, decision),
    )


def _moved(fresh: pa.Table, decision: Decision) -> int:
    came = Counter(marker for marker in fresh["change_marker"].to_pylist() if marker)
    return (came & Counter(decision.gone["change_marker"].to_pylist())).total()


def _stopped_by(settings: Settings, name: str, listed: pa.Table, in_scope: pa.Table, decision: Decision) -> str:
    try:
        share = settings.ingest.max_deleted_share
        check_listing(name, listed.num_rows, in_scope.num_rows, decision.gone.num_rows, share)
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
    """What these documents would cost; None if nothing was ever run that says so."""
    ingest, preprocess, embed = (_done(lake_uri, job) for job in ("ingest", "preprocess", "embed"))
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
class _Done:
    """What the runs of a job that did something took, and how much they did."""

    seconds: float
    counts: Counter[str]

    def seconds_for(self, items: int, done: int) -> float | None:
        """How long so many items would take, if ``done`` of them took all that time."""
        return items * self.seconds / done if done else None


def _done(lake_uri: str, job: str) -> _Done:
    contents = (read_bytes(uri) for uri in list_files(f"{lake_uri}/_runs/{job}") if uri.endswith(".json"))
    manifests = [RunManifest.model_validate_json(content) for content in contents if content]
    done = [manifest for manifest in manifests if manifest.status == "done"]
    counts: Counter[str] = Counter()
    for manifest in done:
        counts.update(manifest.counts)
    return _Done(sum(manifest.wall_seconds or 0.0 for manifest in done), counts)
