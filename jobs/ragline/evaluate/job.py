"""``ragline evaluate``: a release, measured against the champion on the same queries; a verdict."""

from pathlib import Path
from typing import TYPE_CHECKING

from ragline.evaluate.corpus import Corpus, kept_for
from ragline.evaluate.measurement import measure
from ragline.evaluate.outcome import Outcome, judged_by_content, judged_by_measurement, only_deletes
from ragline.evaluate.questions import find_questions
from ragline.evaluate.ranking import write_trec_run
from ragline.evaluate.record import log_evaluation, tag_release
from ragline.lake.publications import RELEASE
from ragline.registry import releases as registry
from ragline.registry.registration import bundle_folder
from ragline.registry.releases import ReleaseVersion
from ragline.registry.tracking import connect
from ragline.retrieval.bundle import open_bundle
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient


def evaluate(run: Run, *, release: str | None, judgments: Path | None, run_file: Path | None) -> None:
    """Measure a release (default: the newest) and the champion, and tag the release with the verdict.

    A release that only deletes is judged by what it holds. The champion itself is measured alone and keeps the verdict
    that it was promoted with. ``run_file`` gets the release's ranking as a TREC run, documents under their own ids.

    Raises:
        RegistryError: there is no such release.
        ConfigError: the judgments cannot be read, or the run file cannot be written.
        ReleaseError: a bundle is missing or damaged.
    """
    client = connect(run.settings)
    candidate = registry.find_release(client, run.settings, release)
    serving = registry.champion(client, run.settings)
    serves = serving is not None and serving.version == candidate.version
    copies = kept_for(run.lake)
    corpus = _open(run, client, candidate, copies)
    rival = None if serving is None or serves else _open(run, client, serving, copies)
    if rival and only_deletes(corpus, rival):
        outcome = judged_by_content(corpus, rival)
        if run_file is not None:
            _measured(run, corpus, rival, judgments, run_file)
    else:
        outcome = _measured(run, corpus, rival, judgments, run_file)
    with run.step("record"):
        mlflow_run = log_evaluation(run, client, outcome)
        if not serves:
            tag_release(run, client, outcome, mlflow_run)
    _report(run, outcome, mlflow_run, serves=serves)


def _open(run: Run, client: "MlflowClient", release: ReleaseVersion, copies: dict[str, str]) -> Corpus:
    corpus = Corpus(release.version, open_bundle(bundle_folder(client, run.settings, release)), copies)
    run.read(RELEASE, release.version, corpus.chunks.num_rows)
    return corpus


def _measured(run: Run, corpus: Corpus, rival: Corpus | None, judgments: Path | None, run_file: Path | None) -> Outcome:
    comparable = corpus.documents & rival.documents if rival else corpus.documents
    questions = find_questions(run, corpus, comparable, judgments)
    with run.step("measure"):
        measurement = measure(run.settings, questions, comparable, corpus, rival)
    if run_file is not None:
        write_trec_run(run_file, measurement.whole.rankings, corpus.source_ids, f"{run.settings.pipeline}-{corpus.version}")
    return judged_by_measurement(run.settings, corpus, rival, questions, measurement)


def _report(run: Run, outcome: Outcome, mlflow_run: str, *, serves: bool) -> None:
    if outcome.questions:
        run.count("queries", len(outcome.questions.queries))
        if outcome.questions.left_out:
            run.drop("not_in_both_releases", outcome.questions.left_out)
    run.manifest.facts.update(
        release=outcome.release,
        champion=outcome.champion,
        verdict=outcome.verdict,
        reason=outcome.reason,
        metrics=outcome.metrics,
        modes=outcome.measurement.modes if outcome.measurement else {},
        evaluation_run=mlflow_run,
    )
    if serves:
        run.manifest.facts["verdict"] = "serving"
        run.manifest.message = f"Release {outcome.release} serves; it was measured alone."
        return
    run.manifest.message = f"Release {outcome.release} is {outcome.verdict.replace('_', ' ')}: {outcome.reason}."
