"""Searching a release as if its text did not hold the queries it is asked."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragline.evaluate.corpus import Corpus
from ragline.evaluate.masking import ChunkText, mask
from ragline.evaluate.query import Query
from ragline.retrieval.bundle import lexical_settings
from ragline.retrieval.chunk_store import indexed_texts
from ragline.retrieval.encoder import Encoder, load_encoder
from ragline.retrieval.lexical import build_lexical_index
from ragline.retrieval.search import Searcher
from ragline.retrieval.vectors import build_vector_index
from ragline.runtime.progress import progress


class Encoders:
    """Encoders by fingerprint, each loaded once, and what they made of masked texts, each encoded once."""

    def __init__(self, device: str, batch_size: int | None) -> None:
        self._device = device
        self._batch_size = batch_size
        self._loaded: dict[str, Encoder] = {}
        self._vectors: dict[tuple[str, str], np.ndarray] = {}

    def of(self, corpus: Corpus) -> Encoder:
        """The encoder that a release answers with."""
        manifest = corpus.bundle.manifest
        if manifest.embedder.fingerprint not in self._loaded:
            query_prompt, document_prompt = manifest.index["prompts"]
            self._loaded[manifest.embedder.fingerprint] = load_encoder(
                corpus.bundle.embedder_folder,
                device=self._device,
                query_prompt=query_prompt,
                document_prompt=document_prompt,
            )
        return self._loaded[manifest.embedder.fingerprint]

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
        """Vectors (n, dimension) of passages; of an empty one the zero vector, which is like nothing."""
        fresh = sorted({text for text in texts if text and (encoder.fingerprint, text) not in self._vectors})
        with progress("masked passages embedded", len(fresh)) as advance:
            made = encoder.encode_documents(fresh, self._batch_size, advance)
        self._vectors.update({(encoder.fingerprint, text): vector for text, vector in zip(fresh, made, strict=True)})
        nothing = np.zeros(encoder.dimension, dtype=np.float32)
        return np.stack([self._vectors.get((encoder.fingerprint, text), nothing) for text in texts])


def plain_searcher(corpus: Corpus, encoders: Encoders) -> Searcher:
    """The release as it serves, deletions aside."""
    bundle = corpus.bundle
    return Searcher(bundle.manifest, corpus.chunks, bundle.vectors(), bundle.lexical(), encoders.of(corpus))


def masked_searcher(corpus: Corpus, encoders: Encoders, queries: Sequence[Query], folder: Path) -> Searcher:
    """The release with each query taken out of the passages of its relevant documents.

    Passages that change are encoded anew, the other vectors are the release's own; the lexical index is built again in
    ``folder``, over the masked text.
    """
    changed = masked_texts(corpus, queries)
    if not changed:
        return plain_searcher(corpus, encoders)
    manifest, encoder = corpus.bundle.manifest, encoders.of(corpus)
    vectors = corpus.bundle.vectors().index.reconstruct_n(0, corpus.chunks.num_rows)
    vectors[list(changed)] = encoders.encode(encoder, list(changed.values()))
    texts = (changed.get(row, text) for row, text in enumerate(indexed_texts(corpus.chunks, manifest.heading_prefix)))
    lexical = build_lexical_index(folder, texts, lexical_settings(manifest))
    return Searcher(manifest, corpus.chunks, build_vector_index(vectors), lexical, encoder)


def masked_texts(corpus: Corpus, queries: Sequence[Query]) -> dict[int, str]:
    """The new encoder input of every row that masking changes."""
    to_mask: defaultdict[str, list[str]] = defaultdict(list)
    for query in queries:
        for document in query.relevant:
            to_mask[document].append(query.text)
    prefix = corpus.bundle.manifest.heading_prefix
    rows = [row for row, document in enumerate(corpus.row_documents) if document in to_mask]
    changed = {}
    columns = corpus.chunks.select(["title", "heading_path", "text"])
    for row, chunk in zip(rows, columns.take(rows).to_pylist(), strict=True):
        before = ChunkText(chunk["title"] or "", tuple(chunk["heading_path"] or ()), chunk["text"])
        after = mask(before, to_mask[corpus.row_documents[row]])
        if after.encoder_input(prefix) != before.encoder_input(prefix):
            changed[row] = after.encoder_input(prefix)
    return changed
