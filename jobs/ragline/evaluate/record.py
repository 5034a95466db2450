"""Keep an evaluation: an MLflow run with the figures and the report, and the tags of the release that link to it."""

import json
import time
from typing import TYPE_CHECKING

from ragline.evaluate.metrics import METRICS, Scores, means
from ragline.evaluate.outcome import Outcome
from ragline.evaluate.query_table import query_results, to_csv
from ragline.evaluate.report import html_report
from ragline.registry import releases as registry
from ragline.registry.tracking import experiment_id
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

EVALUATION_RUN = "ragline.evaluation_run"


def log_evaluation(run: Run, client: "MlflowClient", outcome: Outcome) -> str:
    """Log the outcome to a new MLflow run; return its id."""
    from mlflow.entities import Metric, Param

    tags = {"ragline.release": str(outcome.release), registry.VERDICT: outcome.verdict, "ragline.run_id": run.run_id}
    created = client.create_run(experiment_id(client, run.settings), run_name=f"evaluate release {outcome.release}", tags=tags)
    mlflow_run = str(created.info.run_id)
    now = int(time.time() * 1000)
    metrics = [Metric(name.replace("@", "_"), value, now, 0) for name, value in _figures(outcome).items()]
    params = [Param(name, value) for name, value in _params(run, outcome).items()]
    client.log_batch(mlflow_run, metrics=metrics, params=params)
    metric = run.settings.promotion.metric
    client.log_text(mlflow_run, html_report(outcome, metric), "report.html")
    client.log_text(mlflow_run, to_csv(query_results(outcome, metric)), "queries.csv")
    client.set_terminated(mlflow_run)
    return mlflow_run


def tag_release(run: Run, client: "MlflowClient", outcome: Outcome, mlflow_run: str) -> None:
    """Set the verdict's tags. The champion compared with comes last: until it stands there, the verdict is stale."""
    tags = {
        EVALUATION_RUN: mlflow_run,
        registry.METRICS: json.dumps(outcome.metrics, sort_keys=True),
        registry.VERDICT_REASON: outcome.reason,
        registry.VERDICT: outcome.verdict,
        registry.VERDICT_CHAMPION: str(outcome.champion or ""),
    }
    registry.set_tags(client, run.settings, outcome.release, tags)


def _figures(outcome: Outcome) -> dict[str, float]:
    measured = outcome.measurement
    if measured is None:
        return {}
    figures = dict(outcome.metrics)
    for mode, values in measured.modes.items():
        figures |= {f"{mode}/{name}": value for name, value in values.items()}
    if measured.champion:
        figures |= _prefixed("both/release", measured.release.scores) | _prefixed("both/champion", measured.champion.scores)
    for name, comparison in measured.comparisons.items():
        figures |= {
            f"difference/{name}": comparison.difference,
            f"difference_low/{name}": comparison.low,
            f"difference_high/{name}": comparison.high,
            f"wins/{name}": comparison.wins,
            f"losses/{name}": comparison.losses,
            f"ties/{name}": comparison.ties,
        }
    return figures


def _prefixed(prefix: str, scores: Scores) -> dict[str, float]:
    return {f"{prefix}/{name}": value for name, value in means(scores).items()}


def _params(run: Run, outcome: Outcome) -> dict[str, str]:
    questions, promotion = outcome.questions, run.settings.promotion
    return {
        "release": str(outcome.release),
        "champion": str(outcome.champion or ""),
        "queries": str(len(questions.queries) if questions else 0),
        "queries_left_out": str(questions.left_out if questions else 0),
        "queries_from": questions.origin if questions else "",
        "metric": promotion.metric,
        "tolerance": str(promotion.tolerance),
        "seed": str(run.settings.evaluation.seed),
        "metrics": " ".join(METRICS),
    }
