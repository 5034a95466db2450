"""The verdict on a release, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

from ragline.config.settings import Settings
from ragline.evaluate.comparison import Verdict, judge
from ragline.evaluate.corpus import Corpus
from ragline.evaluate.measurement import Measurement
from ragline.evaluate.metrics import means
from ragline.evaluate.questions import Questions


@dataclass(frozen=True)
class Outcome:
    """A judged release. ``reason`` is a clause; without a measurement the release was judged by what it holds.

    ``names`` are the documents' own ids at their source.
    """

    release: int
    champion: int | None
    verdict: Verdict
    reason: str
    questions: Questions | None = None
    measurement: Measurement | None = None
    names: Mapping[str, str] | None = None

    @property
    def metrics(self) -> dict[str, float]:
        """Means over the queries of the release as it serves; empty where nothing was measured."""
        return means(self.measurement.whole.scores) if self.measurement else {}


def only_deletes(corpus: Corpus, champion: Corpus) -> bool:
    """Whether a release is its champion with chunks taken away, and nothing else."""
    ours, theirs = corpus.bundle.manifest, champion.bundle.manifest
    same_search = (ours.embedder.fingerprint, ours.index, ours.heading_prefix) == (
        theirs.embedder.fingerprint,
        theirs.index,
        theirs.heading_prefix,
    )
    return same_search and corpus.chunk_set < champion.chunk_set


def judged_by_content(corpus: Corpus, champion: Corpus) -> Outcome:
    """The outcome for a release that only deletes."""
    gone = len(champion.chunk_set) - len(corpus.chunk_set)
    reason = f"it is the champion without {gone:,} chunks of deleted or shortened documents"
    return Outcome(corpus.version, champion.version, "deletes_only", reason)


def judged_by_measurement(
    settings: Settings, corpus: Corpus, champion: Corpus | None, questions: Questions, measurement: Measurement
) -> Outcome:
    """The outcome for a release that was measured."""
    verdict, reason = _verdict(settings, champion, questions, measurement)
    names = {**(champion.source_ids if champion else {}), **corpus.source_ids}
    number = champion.version if champion else None
    return Outcome(corpus.version, number, verdict, reason, questions, measurement, names)


def _verdict(settings: Settings, champion: Corpus | None, questions: Questions, measurement: Measurement) -> tuple[Verdict, str]:
    if champion is None:
        return "first", "there is no champion to compare it with"
    asked, needed = len(questions.queries), settings.evaluation.min_queries
    if asked < needed:
        left_out = f" ({questions.left_out} more have theirs in one release only)" if questions.left_out else ""
        return "unmeasured", (
            f"only {asked} queries have a relevant document in both releases{left_out}; {needed} are needed "
            "(evaluation.min_queries)"
        )
    return judge(measurement.comparisons[settings.promotion.metric], settings.promotion)
