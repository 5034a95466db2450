"""``ragline finetune``: training pairs and the corpus make a new version of the embedder."""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.contracts.tables import CHUNKS, DOCUMENTS, TRAINING_PAIRS
from ragline.errors import NothingToDo
from ragline.finetune.training_set import (
    Example,
    corpus_examples,
    evaluation_queries,
    exclude_evaluation_queries,
    feedback_examples,
)
from ragline.lake.large_columns import is_among, sort_rows
from ragline.lake.living_pairs import living_pairs
from ragline.lake.publications import Publication, last_published, publish, require_published
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from ragline.registry.embedders import Embedder

EMBEDDER = "embedder"


def finetune(run: Run, *, force: bool) -> None:
    """Train the champion's embedder further and register the result; a release of it is built and judged as any other.

    Raises:
        NothingToDo: fewer pairs have come since the last training than ``feedback.min_new_pairs`` (unless forced),
            or nothing may be trained on.
        MissingInput: no chunks have been published.
    """
    pairs_version = run.lake.version(TRAINING_PAIRS)
    last = last_published(run.lake, EMBEDDER)
    used = last.inputs.get(TRAINING_PAIRS.name) if last else None
    new = run.lake.read(TRAINING_PAIRS, pairs_version, ["pair_id"], since=used).num_rows
    needed = run.settings.feedback.min_new_pairs
    run.count("new_pairs", new)
    if new < needed and not force:
        raise NothingToDo(f"{new} new training pairs; {needed} start a training run (feedback.min_new_pairs).")
    chunks = require_published(run.lake, CHUNKS.name)
    examples = _choose_examples(run, chunks.version, int(chunks.inputs[DOCUMENTS.name]), pairs_version)
    embedder = _train_and_register(run, examples)
    inputs = {CHUNKS.name: chunks.version} | ({} if pairs_version is None else {TRAINING_PAIRS.name: pairs_version})
    made = Publication(EMBEDDER, embedder.version, run.run_id, "", embedder.base_fingerprint, inputs)
    publish(run.lake, made, seen=last)
    run.wrote(EMBEDDER, embedder.version)
    run.manifest.facts.update(
        embedder_version=embedder.version, pairs=len(examples), seconds=run.manifest.timings.get("train", 0.0)
    )
    run.manifest.message = f"Embedder {embedder.version} was trained on {len(examples):,} examples."


def _choose_examples(run: Run, chunks_version: int, documents_version: int, pairs_version: int | None) -> list[Example]:
    settings = run.settings.finetune
    chunks = run.lake.read(CHUNKS, chunks_version, ["doc_id", "ordinal", "title", "heading_path", "text"])
    # Asked again here, and below for pairs: a document may have been deleted since its chunks were published.
    chunks = chunks.filter(is_among(chunks["doc_id"], run.lake.read(DOCUMENTS, columns=["doc_id"])["doc_id"]))
    rows = sort_rows(chunks, ("doc_id", "ascending"), ("ordinal", "ascending")).to_pylist()
    documents = run.lake.read(DOCUMENTS, documents_version, ["metadata"]).to_pylist()
    reserved = evaluation_queries(documents, rows, run.settings.evaluation.judgments)
    stored = run.lake.read(TRAINING_PAIRS, pairs_version).to_pylist()
    pairs = living_pairs(run.lake, stored)
    run.drop("passage_gone", len(stored) - len(pairs))
    from_feedback, excluded = exclude_evaluation_queries(feedback_examples(pairs, settings.max_pairs), reserved)
    from_corpus = corpus_examples(rows, settings.max_pairs - len(from_feedback)) if settings.corpus_pairs else []
    from_corpus, excluded_corpus = exclude_evaluation_queries(from_corpus, reserved)
    run.read(CHUNKS, chunks_version, chunks.num_rows)
    run.read(TRAINING_PAIRS, pairs_version, len(pairs))
    run.count("feedback_pairs", len(from_feedback))
    run.count("corpus_pairs", len(from_corpus))
    run.drop("asked_by_evaluation", excluded + excluded_corpus)
    if not from_feedback and not from_corpus:
        raise NothingToDo("there is nothing to train on: no pair is left that an evaluation does not ask.")
    return [*from_feedback, *from_corpus]


def _train_and_register(run: Run, examples: list[Example]) -> "Embedder":
    # Imported here: whether there are enough pairs is known before MLflow and the model libraries are loaded.
    from ragline.finetune.training_run import end_abandoned, training_run
    from ragline.registry.embedders import choose_embedder, register_embedder
    from ragline.registry.tracking import connect
    from ragline.registry.trained_on import log_trained_on

    client = connect(run.settings)
    end_abandoned(client, run)
    base = choose_embedder(client, run.settings)
    with tempfile.TemporaryDirectory(prefix="ragline-finetune-") as folder:
        target = Path(folder) / "model"
        with run.step("train"):
            figures = _trained(run, base.folder, examples, target)
        with run.step("register"):
            tags = {"ragline.origin": "fine-tuned", "ragline.trained_from": str(base.version), "ragline.job_run": run.run_id}
            params = {**run.settings.finetune.model_dump(), "from_embedder": base.version, "examples": len(examples)}
            with training_run(client, run, params, figures) as mlflow_run:
                pairs = [example.pair_id for example in examples if example.pair_id]
                log_trained_on(client, mlflow_run, pairs, [document for example in examples for document in example.documents])
                made = register_embedder(
                    client, run.settings, target, base_fingerprint=base.base_fingerprint, run_id=mlflow_run, tags=tags
                )
    run.read(EMBEDDER, base.version)
    return made


def _trained(run: Run, base: Path, examples: list[Example], target: Path) -> dict[str, float]:
    from ragline.finetune.trainer import train

    figures = train(base, examples, run.settings.finetune, run.settings.embedding.device, target)
    shutil.rmtree(target.with_name(f"{target.name}.trainer"), ignore_errors=True)
    run.manifest.facts.update(figures)
    return figures
