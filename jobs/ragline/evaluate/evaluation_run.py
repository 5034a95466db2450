"""The MLflow run of an evaluation, with its figures and report, and the tags of the release that lead to it."""

import json
import time
from typing import TYPE_CHECKING

from ragline.contracts.metrics import Metric
from ragline.contracts.names import CHAMPION
from ragline.evaluate.metrics import Scores, means
from ragline.evaluate.query_table import query_results, to_csv
from ragline.evaluate.report import html_report
from ragline.evaluate.verdict import Evaluation
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.evaluation_reports import QUERIES, RELEASE, REPORT
from ragline.registry.lock import registry_lock
from ragline.registry.tracking import experiment_id
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

EVALUATION_RUN = "ragline.evaluation_run"


def log_evaluation(run: Run, client: "MlflowClient", evaluation: Evaluation) -> str:
    """Log settings, figures, the report and the table of queries to a new MLflow run; return its id."""
    from mlflow import entities

    tags = {RELEASE: str(evaluation.release), release_tags.VERDICT: evaluation.verdict, "ragline.run_id": run.run_id}
    experiment = experiment_id(client, run.settings)
    created = client.create_run(experiment, run_name=f"evaluate release {evaluation.release}", tags=tags)
    mlflow_run = str(created.info.run_id)
    now = int(time.time() * 1000)
    # MLflow allows no @ in the name of a metric.
    metrics = [entities.Metric(name.replace("@", "_"), value, now, 0) for name, value in _figures(evaluation).items()]
    params = [entities.Param(name, value) for name, value in _params(run, evaluation).items()]
    client.log_batch(mlflow_run, metrics=metrics, params=params)
    metric = run.settings.promotion.metric
    client.log_text(mlflow_run, html_report(evaluation, metric), REPORT)
    client.log_text(mlflow_run, to_csv(query_results(evaluation, metric)), QUERIES)
    client.set_terminated(mlflow_run)
    return mlflow_run


def tag_release(run: Run, client: "MlflowClient", evaluation: Evaluation, mlflow_run: str) -> None:
    """Set the tags of the verdict, unless the release serves by now: then the one that it was promoted with stays.

    The verdict goes first and comes back last: while it is not there, the release has none. Two evaluations at once do not mix.
    """
    tags = {
        EVALUATION_RUN: mlflow_run,
        release_tags.METRICS: json.dumps(evaluation.metrics, sort_keys=True),
        release_tags.VERDICT_REASON: evaluation.reason,
        release_tags.VERDICT_CHAMPION: str(evaluation.champion or ""),
        release_tags.VERDICT: evaluation.verdict,
    }
    with registry_lock(run.settings):
        release = registry.find_release(client, run.settings, evaluation.release)
        if CHAMPION in release.aliases:
            return
        if release_tags.VERDICT in release.tags:
            registry.delete_tag(client, run.settings, release.version, release_tags.VERDICT)
        registry.set_tags(client, run.settings, release.version, tags)


def _figures(evaluation: Evaluation) -> dict[str, float]:
    measurement = evaluation.measurement
    if measurement is None:
        return {}
    figures = {str(metric): value for metric, value in evaluation.metrics.items()}
    for mode, values in measurement.modes.items():
        figures |= {f"{mode}/{metric}": value for metric, value in values.items()}
    if measurement.champion:
        figures |= _prefixed("both/release", measurement.release.scores)
        figures |= _prefixed("both/champion", measurement.champion.scores)
    for metric, comparison in measurement.comparisons.items():
        figures |= {
            f"difference/{metric}": comparison.difference,
            f"difference_low/{metric}": comparison.low,
            f"difference_high/{metric}": comparison.high,
            f"wins/{metric}": comparison.wins,
            f"losses/{metric}": comparison.losses,
            f"ties/{metric}": comparison.ties,
        }
    return figures


def _prefixed(prefix: str, scores: Scores) -> dict[str, float]:
    return {f"{prefix}/{metric}": value for metric, value in means(scores).items()}


def _params(run: Run, evaluation: Evaluation) -> dict[str, str]:
    query_set, promotion = evaluation.query_set, run.settings.promotion
    return {
        "release": str(evaluation.release),
        "champion": str(evaluation.champion or ""),
        "queries": str(len(query_set.queries) if query_set else 0),
        "queries_left_out": str(query_set.not_in_both if query_set else 0),
        "queries_from": query_set.origin if query_set else "",
        "metric": str(promotion.metric),
        "tolerance": str(promotion.tolerance),
        "seed": str(run.settings.evaluation.seed),
        "metrics": " ".join(Metric),
    }
