"""Decide whether a release is worse than the champion, and say why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ragline.config.promotion import PromotionSettings
from ragline.config.settings import Settings
from ragline.contracts.metrics import Metric
from ragline.evaluate.comparison import Comparison
from ragline.evaluate.content_change import ContentChange
from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.evaluate.measurement import Measurement
from ragline.evaluate.metrics import means
from ragline.evaluate.query_set import QuerySet

Verdict = Literal["first", "deletes_only", "moves_only", "unmeasured", "worse", "not_worse"]


@dataclass(frozen=True)
class Evaluation:
    """The verdict on a release, its reason as a clause, and the figures it rests on.

    ``champion`` is None while nothing serves. A release that was judged by its content alone has no queries and no measurement.
    ``source_ids`` are the documents' own ids at their source, by doc_id; ``originals`` the kept documents of dropped copies.
    """

    release: int
    champion: int | None
    verdict: Verdict
    reason: str
    query_set: QuerySet | None = None
    measurement: Measurement | None = None
    source_ids: Mapping[str, str] | None = None
    originals: Mapping[str, str] | None = None

    @property
    def metrics(self) -> dict[Metric, float]:
        """Means over the queries of the release as it serves; empty where nothing was measured."""
        return means(self.measurement.as_served.scores) if self.measurement else {}


def evaluate_by_content(release: EvaluatedRelease, champion: EvaluatedRelease, change: ContentChange) -> Evaluation:
    """The evaluation of a release that is the champion after changes at the sources which add no text: it is not measured."""
    return Evaluation(release.version, champion.version, change.verdict, change.reason)


def evaluate_by_measurement(
    settings: Settings,
    release: EvaluatedRelease,
    champion: EvaluatedRelease | None,
    query_set: QuerySet,
    measurement: Measurement,
) -> Evaluation:
    """The evaluation of a release that was measured, against the champion where there is one."""
    if champion is None:
        verdict: Verdict = "first"
        reason = "there is no champion to compare it with"
    elif len(query_set.queries) < settings.evaluation.min_queries:
        verdict, reason = "unmeasured", _too_few(query_set, settings.evaluation.min_queries)
    else:
        verdict, reason = verdict_on(measurement.comparisons[settings.promotion.metric], settings.promotion)
    source_ids = {**(champion.source_ids if champion else {}), **release.source_ids}
    number = champion.version if champion else None
    return Evaluation(release.version, number, verdict, reason, query_set, measurement, source_ids, release.originals)


def _too_few(query_set: QuerySet, needed: int) -> str:
    more = f" ({query_set.not_in_both} more have theirs in one release only)" if query_set.not_in_both else ""
    return (
        f"only {len(query_set.queries)} queries have a relevant document in both releases{more}; {needed} are needed "
        "(evaluation.min_queries)"
    )


def verdict_on(comparison: Comparison, rules: PromotionSettings) -> tuple[Verdict, str]:
    """The verdict on a measured comparison, and the reason as a clause."""
    reason = (
        f"its {rules.metric} differs from the champion's by {comparison.difference:+.4f} "
        f"(95% interval {comparison.low:+.4f} to {comparison.high:+.4f}, "
        f"{comparison.wins} queries better, {comparison.losses} worse)"
    )
    if comparison.difference < -rules.tolerance:
        return "worse", f"{reason}, more than the tolerance {rules.tolerance:g} below"
    if comparison.high < 0:
        return "worse", f"{reason}, below zero beyond chance"
    return "not_worse", reason
