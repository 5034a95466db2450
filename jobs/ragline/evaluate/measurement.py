"""Ask two releases the same queries and score what they answer."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ragline.config.settings import Settings
from ragline.evaluate.comparison import Comparison, compare
from ragline.evaluate.corpus import Corpus, judged_in
from ragline.evaluate.masked_release import Encoders, masked_searcher, plain_searcher
from ragline.evaluate.metrics import METRICS, Scores, means, score
from ragline.evaluate.query import Query
from ragline.evaluate.questions import Questions
from ragline.evaluate.ranking import Rankings, rank_documents
from ragline.retrieval.bundle import fusion_settings
from ragline.retrieval.search import Searcher
from ragline.runtime.progress import progress

_BATCH = 64


@dataclass(frozen=True)
class Answers:
    """What one release answered: documents per query, best first, and their scores."""

    rankings: Rankings
    scores: Scores


@dataclass(frozen=True)
class Measurement:
    """A release measured, next to the champion if there is one.

    ``release`` and ``champion`` rank the documents that both hold, so that a corpus that grew is not blamed for it;
    ``whole`` ranks everything the release holds, as it serves. ``modes`` are mean metrics of ``whole`` by search mode.
    """

    queries: list[Query]
    whole: Answers
    release: Answers
    champion: Answers | None
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    modes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def measure(
    settings: Settings, questions: Questions, comparable: frozenset[str], corpus: Corpus, rival: Corpus | None
) -> Measurement:
    """Rank, score and compare; ``comparable`` are the documents that both releases hold."""
    encoders = Encoders(settings.embedding.device, settings.embedding.batch_size)
    queries = questions.queries
    with tempfile.TemporaryDirectory(prefix="ragline-evaluate-") as folder:
        searcher = _searcher(corpus, encoders, questions, Path(folder) / "release")
        whole = _answers(searcher, corpus, judged_in(queries, corpus.documents))
        modes = {"fused": means(whole.scores)}
        for mode in ("dense", "lexical"):
            modes[mode] = means(_answers(searcher, corpus, judged_in(queries, corpus.documents), mode=mode).scores)
        if rival is None:
            return Measurement(queries, whole, whole, None, modes=modes)
        fair = judged_in(queries, comparable)
        alike = corpus.documents == comparable
        release = whole if alike else _answers(searcher, corpus, fair, hidden=corpus.not_among(comparable))
        other = _searcher(rival, encoders, questions, Path(folder) / "champion")
        champion = _answers(other, rival, fair, hidden=rival.not_among(comparable))
    seed = settings.evaluation.seed
    comparisons = {name: compare(release.scores[name], champion.scores[name], seed) for name in METRICS if queries}
    return Measurement(queries, whole, release, champion, comparisons, modes)


def _searcher(corpus: Corpus, encoders: Encoders, questions: Questions, folder: Path) -> Searcher:
    if questions.masked:
        return masked_searcher(corpus, encoders, questions.queries, folder)
    return plain_searcher(corpus, encoders)


def _answers(
    searcher: Searcher, corpus: Corpus, queries: list[Query], *, mode: str = "fused", hidden: frozenset[str] = frozenset()
) -> Answers:
    """As deep as the release's own fusion looks: what is measured is what is served."""
    depth = fusion_settings(corpus.bundle.manifest).candidates
    rankings: dict[str, list[str]] = {}
    with progress(f"release {corpus.version}, {mode} queries", len(queries)) as advance:
        for start in range(0, len(queries), _BATCH):
            batch = queries[start : start + _BATCH]
            found = searcher.rank([query.text for query in batch], depth, mode, hidden)
            for query, rows in zip(batch, found, strict=True):
                rankings[query.query_id] = rank_documents(rows, corpus.row_documents)
            advance(len(batch))
    return Answers(rankings, score(queries, rankings))
