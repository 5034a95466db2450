"""``ragline chunking compare``: ways of cutting, measured on corpora with judgments."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.errors import ConfigError
from ragline.preprocess.chunking.encoder_limit import check_encoder_limit
from ragline.preprocess.chunking.strategies import make_chunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.comparison.candidates import Candidate, candidates
from ragline.preprocess.comparison.judgments import SpanJudgments, read_span_judgments
from ragline.preprocess.comparison.measurement import Measurement, cut_corpora, measure
from ragline.preprocess.comparison.table import LEGEND, json_table, markdown_table, rich_table
from ragline.runtime.models import resolve_model
from ragline.runtime.progress import progress
from ragline.runtime.settings import Settings

if TYPE_CHECKING:
    from ragline.release.encoder import Encoder, Vectors

log = logging.getLogger(__name__)

# Texts to their vectors; the first argument says what they are.
EmbedTexts = Callable[[str, Sequence[str]], "Vectors"]

_FORMATS = {".md": markdown_table, ".json": json_table}


def compare_command(settings: Settings, judged: Path, strategies: Sequence[str], output: Path | None) -> None:
    """Compare strategies with the configured embedding model; print the table, and write it to a file if asked.

    Raises:
        ConfigError: the judgments, a strategy or the file's name cannot be used; found out before work begins.
    """
    from rich.console import Console

    if output and output.suffix not in _FORMATS:
        raise ConfigError(f"--output {output}: the name has to end in .md or .json.")
    chosen = candidates(settings.preprocess.chunk, strategies)
    check_encoder_limit(settings)
    judgments = read_span_judgments(judged)
    folder = resolve_model(settings.embedding.model, settings.root)
    measurements = compare(folder, judgments, chosen, _embed_once(settings, folder))
    console = Console()
    console.print(rich_table(measurements))
    console.print(LEGEND, style="dim", highlight=False)
    if output:
        output.write_text(_FORMATS[output.suffix](measurements) + "\n", encoding="utf-8")
        log.info("Written to %s.", output)


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
    from ragline.release.encoder import load_encoder

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
