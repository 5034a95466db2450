"""``ragline embed``: give every distinct text of the published chunks a vector, once per model."""

import logging
import time
from typing import TYPE_CHECKING

from ragline.config.models import resolve_model
from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.embed.pending import Pending, encoder_inputs, known_models, pending_texts
from ragline.embed.vector_rows import commit_vectors, vector_rows
from ragline.errors import NothingToDo
from ragline.lake.publications import require_published
from ragline.retrieval.encoder import encoder_fingerprint, load_encoder
from ragline.runtime.progress import progress
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from ragline.registry.embedders import Embedder

log = logging.getLogger(__name__)


def embed(run: Run, *, chunks_version: int | None, embedder_version: int | None) -> None:
    """Embed the texts of a published ``chunks`` version that have no vector of the chosen embedder.

    Vectors are committed every ``embedding.commit_every`` texts, so the next run goes on where a killed one stopped.

    Raises:
        NothingToDo: every text has its vector.
        MissingInput: no chunks are published.
    """
    version = require_published(run.lake, CHUNKS.name, chunks_version).version
    if embedder_version is None:
        _stop_if_nothing_is_new(run, version)
    # Imported here: MLflow takes seconds to import, and most often the lake alone shows that nothing is new.
    from ragline.registry.embedders import choose_embedder
    from ragline.registry.tracking import connect

    embedder = choose_embedder(connect(run.settings), run.settings, embedder_version)
    pending = pending_texts(run.lake, version, embedder.fingerprint)
    if not len(pending.hashes):
        raise _nothing_to_do(version, pending, embedder.fingerprint)
    run.read(CHUNKS, version)
    run.read("embedder", embedder.version)
    run.count("texts", len(pending.hashes))
    run.count("reused", pending.reused)
    written = _embed_pending(run, version, pending, embedder)
    run.wrote(EMBEDDINGS, written, rows=len(pending.hashes))
    run.manifest.facts.update(embedder_version=embedder.version, fingerprint=embedder.fingerprint, dimension=embedder.dimension)


def _stop_if_nothing_is_new(run: Run, chunks_version: int) -> None:
    """End the run if the lake alone shows that every text has its vector.

    Without asking MLflow for the champion's embedder: a release is built from vectors of the lake, so while the lake holds
    vectors of the configured model only, the champion's embedder is that model.

    Raises:
        NothingToDo: every text has its vector.
    """
    settings = run.settings.embedding
    configured = encoder_fingerprint(
        resolve_model(settings.model, run.settings.root), settings.query_prompt, settings.document_prompt
    )
    if known_models(run.lake) == {configured}:
        pending = pending_texts(run.lake, chunks_version, configured)
        if not len(pending.hashes):
            raise _nothing_to_do(chunks_version, pending, configured)


def _nothing_to_do(chunks_version: int, pending: Pending, fingerprint: str) -> NothingToDo:
    return NothingToDo(f"all {pending.reused} texts of chunks version {chunks_version} have a vector of model {fingerprint}")


def _embed_pending(run: Run, chunks_version: int, pending: Pending, embedder: "Embedder") -> int:
    settings = run.settings.embedding
    inputs = encoder_inputs(run.lake, chunks_version, pending.hashes, heading_prefix=run.settings.preprocess.chunk.heading_prefix)
    with run.step("load_model"):
        encoder = load_encoder(
            embedder.folder,
            device=settings.device,
            query_prompt=settings.query_prompt,
            document_prompt=settings.document_prompt,
        )
    written, seconds = 0, 0.0
    with run.step("embed"), progress("texts embedded", inputs.num_rows) as advance:
        for start in range(0, inputs.num_rows, settings.commit_every):
            batch = inputs.slice(start, settings.commit_every)
            texts = batch["text"].to_pylist()
            run.count("tokens", int(encoder.count_tokens(texts).sum()))
            begun = time.monotonic()
            vectors = encoder.encode_documents(texts, settings.batch_size, advance)
            seconds += time.monotonic() - begun
            rows = vector_rows(batch["text_hash"].combine_chunks(), embedder.fingerprint, vectors, embedder.dimension)
            written = commit_vectors(run.lake, rows, chunks_version, run.run_id)
    run.manifest.facts["texts_per_second"] = round(inputs.num_rows / max(seconds, 1e-9), 1)
    run.manifest.facts["tokens_per_second"] = round(run.manifest.counts["tokens"] / max(seconds, 1e-9), 1)
    log.info("Embedded %d texts at %.0f tokens/s.", inputs.num_rows, run.manifest.facts["tokens_per_second"])
    return written
