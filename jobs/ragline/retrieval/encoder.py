"""The encoder: texts in, unit vectors out. The same one for documents, for queries, and inside a release.

Source of the models and their conventions (pooling, prompts, truncation): sentence-transformers.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ragline.config.models import model_fingerprint
from ragline.contracts.fingerprints import fingerprint
from ragline.errors import ConfigError, ReleaseError
from ragline.retrieval.bert_model import load_bert
from ragline.retrieval.query_cache import QueryCache
from ragline.runtime.quiet import quiet_libraries

Vectors = npt.NDArray[np.float32]

# On two cores, 8 texts at once embed 1.4 times as many tokens per second as 64 do (benchmarks/results/embedding_batches.md).
_CPU_BATCH, _GPU_BATCH = 8, 128


def encoder_fingerprint(folder: Path, query_prompt: str = "", document_prompt: str = "") -> str:
    """What an encoder's vectors depend on: the model's files, and its prompts if it has any. Loads no model."""
    model = model_fingerprint(folder)
    if not query_prompt and not document_prompt:
        return model
    return fingerprint({"model": model, "query_prompt": query_prompt, "document_prompt": document_prompt})


class _Model(Protocol):
    """What an encoder needs of a loaded model. Vectors are float32 (len(texts), dimension), norm 1."""

    device: str
    dimension: int
    max_tokens: int

    def embed_queries(self, texts: Sequence[str], prompt: str | None) -> Vectors: ...

    def embed_documents(self, texts: Sequence[str], prompt: str | None) -> Vectors: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class _SentenceTransformer:
    """Any model that sentence-transformers loads. ``max_tokens`` is 0 where it has no limit."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.device = str(model.device)
        self.dimension = int(model.get_embedding_dimension())
        self.max_tokens = int(model.max_seq_length or 0)

    def embed_queries(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        return self._embed(self._model.encode_query, texts, prompt)

    def embed_documents(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        return self._embed(self._model.encode_document, texts, prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encodings = self._model.tokenizer(list(texts), truncation=True, max_length=self.max_tokens or None, padding=False)
        return [len(ids) for ids in encodings["input_ids"]]

    def _embed(self, encode: Callable[..., Any], texts: Sequence[str], prompt: str | None) -> Vectors:
        vectors: Vectors = encode(
            list(texts),
            prompt=prompt,
            batch_size=len(texts),
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return vectors


class Encoder:
    """A loaded embedding model. Texts longer than ``max_tokens`` are read up to there."""

    def __init__(self, model: _Model, fingerprint: str, query_prompt: str, document_prompt: str) -> None:
        self._model = model
        self._query_prompt = query_prompt or None
        self._document_prompt = document_prompt or None
        self.fingerprint = fingerprint
        self.dimension = model.dimension
        self.max_tokens = model.max_tokens
        self.device = model.device
        self._asked = QueryCache()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of queries: shape (len(texts), dimension), float32, norm 1. The last few thousand are remembered."""
        found = {text: vector for text in texts if (vector := self._asked.get(text)) is not None}
        fresh = list(dict.fromkeys(text for text in texts if text not in found))
        made = self._encode(self._model.embed_queries, fresh, self._query_prompt, 64, None)
        for text, vector in zip(fresh, made, strict=True):
            found[text] = vector
            self._asked.put(text, vector)
        return np.stack([found[text] for text in texts]) if texts else made

    def encode_documents(
        self, texts: Sequence[str], batch_size: int | None = None, on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """Vectors of passages, as ``encode_queries``; ``on_batch`` is told how many texts each batch finished.

        Texts of like length share a batch, so that little is spent on padding; the order returned is the order given.
        """
        size = batch_size or (_CPU_BATCH if self.device == "cpu" else _GPU_BATCH)
        return self._encode(self._model.embed_documents, texts, self._document_prompt, size, on_batch)

    def count_tokens(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """Tokens that the model reads of each text, special ones included, after truncation."""
        return np.array(self._model.count_tokens(texts), dtype=np.int64)

    def _encode(
        self,
        embed: Callable[[Sequence[str], str | None], Vectors],
        texts: Sequence[str],
        prompt: str | None,
        batch_size: int,
        on_batch: Callable[[int], None] | None,
    ) -> Vectors:
        vectors: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(texts), batch_size):
            rows = longest_first[start : start + batch_size]
            vectors[rows] = embed([texts[i] for i in rows], prompt)
            if on_batch:
                on_batch(len(rows))
        return vectors


def load_encoder(folder: Path, *, device: str = "auto", query_prompt: str = "", document_prompt: str = "") -> Encoder:
    """Load the sentence-transformers model in ``folder`` onto ``device`` (``auto``: a GPU if there is one).

    Raises:
        ReleaseError: the folder holds no model that can be loaded.
        ConfigError: there is no such device.
    """
    if not (folder / "modules.json").is_file():
        raise ReleaseError(f"There is no embedding model in {folder}: modules.json is missing.")
    quiet_libraries()
    import torch

    try:
        chosen = None if device == "auto" else str(torch.device(device))
        if chosen and chosen.startswith("cuda") and not torch.cuda.is_available():
            raise RuntimeError("PyTorch sees no CUDA device")
    except RuntimeError as error:
        raise ConfigError(f"embedding.device is {device!r}: {error}. Use auto, cpu, or a device this machine has.") from error
    on_cpu = chosen == "cpu" or (chosen is None and not torch.accelerator.is_available())
    model: _Model = (load_bert(folder) if on_cpu else None) or _load_with_library(folder, chosen)
    return Encoder(model, encoder_fingerprint(folder, query_prompt, document_prompt), query_prompt, document_prompt)


def _load_with_library(folder: Path, device: str | None) -> _SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    try:
        return _SentenceTransformer(SentenceTransformer(str(folder), device=device, local_files_only=True))
    except Exception as error:  # what a damaged folder makes the libraries raise has no common type
        raise ReleaseError(f"The embedding model in {folder} cannot be loaded: {error}") from error
