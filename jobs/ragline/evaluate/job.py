"""``ragline evaluate``: a release, measured against the champion on the same queries; a verdict."""

from pathlib import Path
from typing import TYPE_CHECKING

from ragline.evaluate.content_change import content_change
from ragline.evaluate.evaluated_release import EvaluatedRelease, read_originals
from ragline.evaluate.evaluation_run import log_evaluation, tag_release
from ragline.evaluate.measurement import measure
from ragline.evaluate.query_set import choose_queries
from ragline.evaluate.ranking import write_trec_run
from ragline.evaluate.verdict import Evaluation, evaluate_by_content, evaluate_by_measurement
from ragline.lake.publications import RELEASE
from ragline.registry import releases as registry
from ragline.registry.registration import bundle_folder
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.tracking import connect
from ragline.retrieval.bundle import open_bundle
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient


def evaluate(run: Run, *, release: str | None, judgments: Path | None, run_file: Path | None) -> None:
    """Measure a release (default: the newest) and the champion, and tag the release with the verdict.

    A release that only deletes, moves or relabels is judged by what it holds. The champion itself is measured alone and keeps
    the verdict that it was promoted with. ``run_file`` gets the release's ranking as a TREC run, documents under their own ids.

    Raises:
        RegistryError: there is no such release.
        ConfigError: the judgments cannot be read, or the run file cannot be written.
        ReleaseError: a bundle is missing or damaged.
    """
    client = connect(run.settings)
    registered = registry.find_release(client, run.settings, release)
    serving = registry.champion(client, run.settings)
    serves = serving is not None and serving.version == registered.version
    originals = read_originals(run.lake)
    opened = _open(run, client, registered, originals)
    champion = None if serving is None or serves else _open(run, client, serving, originals)
    change = content_change(run.lake, opened, champion) if champion else None
    if champion and change:
        evaluation = evaluate_by_content(opened, champion, change)
        # Whoever asks for the ranking gets it, although the verdict does not need it.
        if run_file is not None:
            _measure(run, opened, champion, judgments, run_file)
    else:
        evaluation = _measure(run, opened, champion, judgments, run_file)
    with run.step("record"):
        mlflow_run = log_evaluation(run, client, evaluation)
        if not serves:
            tag_release(run, client, evaluation, mlflow_run)
    _report(run, evaluation, mlflow_run, serves=serves)


def _open(run: Run, client: "MlflowClient", release: ReleaseVersion, originals: dict[str, str]) -> EvaluatedRelease:
    opened = EvaluatedRelease(release.version, open_bundle(bundle_folder(client, run.settings, release)), originals)
    run.read(RELEASE, release.version, opened.chunks.num_rows)
    return opened


def _measure(
    run: Run, release: EvaluatedRelease, champion: EvaluatedRelease | None, judgments: Path | None, run_file: Path | None
) -> Evaluation:
    shared_documents = release.documents & champion.documents if champion else release.documents
    query_set = choose_queries(run, release, shared_documents, judgments)
    with run.step("measure"):
        measurement = measure(run.settings, query_set, shared_documents, release, champion)
    if run_file is not None:
        tag = f"{run.settings.pipeline}-{release.version}"
        write_trec_run(run_file, measurement.as_served.rankings, release.source_ids, tag)
    return evaluate_by_measurement(run.settings, release, champion, query_set, measurement)


def _report(run: Run, evaluation: Evaluation, mlflow_run: str, *, serves: bool) -> None:
    if evaluation.query_set:
        run.count("queries", len(evaluation.query_set.queries))
        if evaluation.query_set.not_in_both:
            run.drop("not_in_both_releases", evaluation.query_set.not_in_both)
    run.manifest.facts.update(
        release=evaluation.release,
        champion=evaluation.champion,
        verdict=evaluation.verdict,
        reason=evaluation.reason,
        metrics=evaluation.metrics,
        modes=evaluation.measurement.modes if evaluation.measurement else {},
        evaluation_run=mlflow_run,
    )
    if serves:
        run.manifest.facts["verdict"] = "serving"
        run.manifest.message = f"Release {evaluation.release} serves; it was measured alone."
        return
    run.manifest.message = f"Release {evaluation.release} is {evaluation.verdict.replace('_', ' ')}: {evaluation.reason}."
