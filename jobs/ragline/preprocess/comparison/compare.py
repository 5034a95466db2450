"""Strategies of chunking, measured on corpora with judgments."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.models import resolve_model
from ragline.config.settings import Settings
from ragline.errors import ConfigError
from ragline.preprocess.chunking.encoder_limit import check_encoder_limit
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.comparison.candidates import Candidate, candidates
from ragline.preprocess.comparison.judgments import SpanJudgments, read_span_judgments
from ragline.preprocess.comparison.measurement import Measurement, cut_corpora, measure
from ragline.runtime.progress import progress

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder, Vectors

log = logging.getLogger(__name__)

# Texts to their vectors; the first argument says what they are.
EmbedTexts = Callable[[str, Sequence[str]], "Vectors"]


def compare_strategies(settings: Settings, judged: Path, strategies: Sequence[str]) -> list[Measurement]:
    """Compare strategies of chunking with the configured embedding model.

    Raises:
        ConfigError: the judgments or a strategy cannot be used; found out before work begins.
    """
    chosen = candidates(settings.preprocess.chunk, strategies)
    check_encoder_limit(settings)
    judgments = read_span_judgments(judged)
    folder = resolve_model(settings.embedding.model, settings.root)
    return compare(folder, judgments, chosen, _embed_once(settings, folder))


def compare(model_folder: Path, judgments: SpanJudgments, chosen: Sequence[Candidate], embed: EmbedTexts) -> list[Measurement]:
    """Cut the corpora in each way, with the model's tokenizer, and measure what is retrieved."""
    counter = load_token_counter(model_folder)
    asked = embed("questions", [question.text for question in judgments.questions])
    measurements = []
    for candidate in chosen:
        log.info("Cutting %d texts: %s.", len(judgments.corpora), candidate.name)
        chunker = make_chunker(candidate.settings, counter, model_folder)
        cut = cut_corpora(judgments, chunker, heading_prefix=candidate.settings.heading_prefix)
        if not cut.inputs:
            raise ConfigError("The corpora are empty: there is nothing to cut into chunks.")
        measurements.append(measure(candidate.name, judgments, cut, embed(candidate.name, cut.inputs), asked))
    return measurements


def _embed_once(settings: Settings, folder: Path) -> EmbedTexts:
    """The configured encoder; a text that several strategies give is embedded once."""
    from ragline.retrieval.encoder import load_encoder

    embedding = settings.embedding
    encoder = load_encoder(
        folder,
        device=embedding.device,
        query_prompt=embedding.query_prompt,
        document_prompt=embedding.document_prompt,
    )
    known: dict[str, Vectors] = {}

    def embed(what: str, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        if what == "questions":
            return encoder.encode_queries(texts)
        known.update(_fresh(encoder, what, list(dict.fromkeys(text for text in texts if text not in known))))
        return np.stack([known[text] for text in texts])

    return embed


def _fresh(encoder: "Encoder", what: str, texts: Sequence[str]) -> "dict[str, Vectors]":
    with progress(f"embed {what}", len(texts)) as advance:
        return dict(zip(texts, encoder.encode_documents(texts, on_batch=advance), strict=True))
