"""Chunks must fit the encoder, which would silently cut them off."""

import json
from pathlib import Path

from ragline.config.models import resolve_model
from ragline.config.settings import Settings
from ragline.errors import ConfigError
from ragline.preprocess.chunking.token_counter import load_token_counter

_UNLIMITED = 1_000_000  # what tokenizer_config.json holds when nothing is known is far above


def check_encoder_limit(settings: Settings) -> None:
    """Compare ``preprocess.chunk.max_tokens`` with what the embedding model reads, its document prompt taken off.

    Raises:
        ConfigError: the model is missing, or reads fewer tokens.
    """
    folder = resolve_model(settings.embedding.model, settings.root)
    limit = _max_tokens(folder)
    if limit is None:
        return
    prompt = settings.embedding.document_prompt
    room = limit - (load_token_counter(folder).measure([prompt])[0] if prompt else 0)
    if settings.preprocess.chunk.max_tokens > room:
        raise ConfigError(
            f"preprocess.chunk.max_tokens is {settings.preprocess.chunk.max_tokens}, but embedding.model "
            f"{settings.embedding.model!r} reads at most {room} tokens of a chunk: set {room} or less."
        )


def _max_tokens(folder: Path) -> int | None:
    """The model's sequence length, as sentence-transformers finds it; None if its folder does not say."""
    for name, key in (("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        file = folder / name
        found = json.loads(file.read_text(encoding="utf-8")).get(key) if file.is_file() else None
        if isinstance(found, (int, float)) and 0 < found < _UNLIMITED:
            return int(found)
    return None
