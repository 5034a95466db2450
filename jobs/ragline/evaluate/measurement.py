"""Search two releases with the same queries and score what they find."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ragline.config.settings import Settings
from ragline.contracts.metrics import Metric
from ragline.evaluate.comparison import Comparison, compare
from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.evaluate.masked_release import EncoderCache, masked_searcher, plain_searcher
from ragline.evaluate.metrics import Scores, means, score
from ragline.evaluate.query import Query, restrict_to
from ragline.evaluate.query_set import QuerySet
from ragline.evaluate.ranking import Rankings, rank_documents
from ragline.retrieval.search import Searcher
from ragline.runtime.progress import progress

_BATCH = 64


@dataclass(frozen=True)
class ScoredRankings:
    """What one release found: documents per query, best first, and the metrics of each query."""

    rankings: Rankings
    scores: Scores


@dataclass(frozen=True)
class Measurement:
    """A release measured, next to the champion if there is one.

    ``as_served`` ranks everything the release holds. ``release`` and ``champion`` rank the documents that both hold, so that a
    corpus that grew is not blamed for it; ``comparisons`` are of these. ``modes`` are the mean metrics of ``as_served`` by
    search mode.
    """

    queries: list[Query]
    as_served: ScoredRankings
    release: ScoredRankings
    champion: ScoredRankings | None
    comparisons: Mapping[Metric, Comparison] = field(default_factory=dict)
    modes: Mapping[str, Mapping[Metric, float]] = field(default_factory=dict)


def measure(
    settings: Settings,
    query_set: QuerySet,
    shared_documents: frozenset[str],
    release: EvaluatedRelease,
    champion: EvaluatedRelease | None,
) -> Measurement:
    """Rank, score and compare; ``shared_documents`` are those that both releases hold."""
    encoders = EncoderCache(settings.embedding.device, settings.embedding.batch_size)
    queries = query_set.queries
    with tempfile.TemporaryDirectory(prefix="ragline-evaluate-") as folder:
        searcher = _searcher(release, encoders, query_set, Path(folder) / "release")
        as_served = _search_all(searcher, release, restrict_to(queries, release.documents))
        modes = {"fused": means(as_served.scores)}
        for mode in ("dense", "lexical"):
            modes[mode] = means(_search_all(searcher, release, restrict_to(queries, release.documents), mode=mode).scores)
        if champion is None:
            return Measurement(queries, as_served, as_served, None, modes=modes)
        fair = restrict_to(queries, shared_documents)
        # A release without a document of its own has nothing to hide: it would be searched again for the same answers.
        nothing_to_hide = release.documents == shared_documents
        on_shared = (
            as_served
            if nothing_to_hide
            else _search_all(searcher, release, fair, hidden=release.doc_ids_outside(shared_documents))
        )
        champion_searcher = _searcher(champion, encoders, query_set, Path(folder) / "champion")
        hidden = champion.doc_ids_outside(shared_documents)
        champion_on_shared = _search_all(champion_searcher, champion, fair, hidden=hidden)
    seed = settings.evaluation.seed
    comparisons = {
        metric: compare(on_shared.scores[metric], champion_on_shared.scores[metric], seed) for metric in Metric if queries
    }
    return Measurement(queries, as_served, on_shared, champion_on_shared, comparisons, modes)


def _searcher(release: EvaluatedRelease, encoders: EncoderCache, query_set: QuerySet, folder: Path) -> Searcher:
    if query_set.masked:
        return masked_searcher(release, encoders, query_set.queries, folder)
    return plain_searcher(release, encoders)


def _search_all(
    searcher: Searcher,
    release: EvaluatedRelease,
    queries: list[Query],
    *,
    mode: str = "fused",
    hidden: frozenset[str] = frozenset(),
) -> ScoredRankings:
    """Search with every query; what is in the ``hidden`` documents counts as not there."""
    # As deep as the release's own fusion looks: what is measured is what is served.
    depth = release.bundle.manifest.spec.fusion.candidates
    rankings: dict[str, list[str]] = {}
    with progress(f"release {release.version}, {mode} queries", len(queries)) as advance:
        for start in range(0, len(queries), _BATCH):
            batch = queries[start : start + _BATCH]
            found = searcher.rank([query.text for query in batch], depth, mode, hidden)
            for query, rows in zip(batch, found, strict=True):
                rankings[query.query_id] = rank_documents(rows, release.row_documents)
            advance(len(batch))
    return ScoredRankings(rankings, score(queries, rankings))
