"""Search a release as if its text did not hold the queries it is searched with."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.evaluate.masking import ChunkText, mask
from ragline.evaluate.query import Query
from ragline.retrieval.chunk_store import indexed_texts
from ragline.retrieval.encoder import Encoder
from ragline.retrieval.lexical import build_lexical_index
from ragline.retrieval.search import Searcher
from ragline.retrieval.vectors.vector_index import vector_index_kind
from ragline.runtime.progress import progress


class EncoderCache:
    """Encoders by fingerprint, each loaded once, and their vectors of masked texts, each encoded once."""

    def __init__(self, device: str, batch_size: int | None) -> None:
        self._device = device
        self._batch_size = batch_size
        self._loaded: dict[str, Encoder] = {}
        self._vectors: dict[tuple[str, str], np.ndarray] = {}

    def encoder_of(self, release: EvaluatedRelease) -> Encoder:
        """The encoder that a release answers with."""
        fingerprint = release.bundle.manifest.spec.encoder.fingerprint
        if fingerprint not in self._loaded:
            self._loaded[fingerprint] = release.bundle.encoder(self._device)
        return self._loaded[fingerprint]

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
        """Vectors (n, dimension) of passages; an empty text has the zero vector, which is similar to nothing."""
        new = sorted({text for text in texts if text and (encoder.fingerprint, text) not in self._vectors})
        with progress("masked passages embedded", len(new)) as advance:
            vectors = encoder.encode_documents(new, self._batch_size, advance)
        self._vectors.update({(encoder.fingerprint, text): vector for text, vector in zip(new, vectors, strict=True)})
        empty = np.zeros(encoder.dimension, dtype=np.float32)
        return np.stack([self._vectors.get((encoder.fingerprint, text), empty) for text in texts])


def plain_searcher(release: EvaluatedRelease, encoders: EncoderCache) -> Searcher:
    """The release as it serves, except that later deletions are not taken out."""
    bundle = release.bundle
    return Searcher(bundle.manifest, release.chunks, bundle.vectors(), bundle.lexical(), encoders.encoder_of(release))


def masked_searcher(release: EvaluatedRelease, encoders: EncoderCache, queries: Sequence[Query], folder: Path) -> Searcher:
    """The release with each query taken out of the chunks of its relevant documents.

    Chunks that change are encoded anew, the other vectors are the release's own; the lexical index is built again in
    ``folder``, over the masked text.
    """
    changed = masked_texts(release, queries)
    if not changed:
        return plain_searcher(release, encoders)
    spec, encoder = release.bundle.manifest.spec, encoders.encoder_of(release)
    vectors = release.bundle.vectors().reconstruct(np.arange(release.chunks.num_rows))
    vectors[list(changed)] = encoders.encode(encoder, list(changed.values()))
    texts = (changed.get(row, text) for row, text in enumerate(indexed_texts(release.chunks, spec.chunk_text.heading_prefix)))
    lexical = build_lexical_index(folder, texts, spec.lexical)
    index = vector_index_kind(spec.vectors).build(vectors, spec.vectors.parameters)
    return Searcher(release.bundle.manifest, release.chunks, index, lexical, encoder)


def masked_texts(release: EvaluatedRelease, queries: Sequence[Query]) -> dict[int, str]:
    """The new encoder input of every row that masking changes."""
    to_mask: defaultdict[str, list[str]] = defaultdict(list)
    for query in queries:
        for document in query.relevant:
            to_mask[document].append(query.text)
    prefix = release.bundle.manifest.spec.chunk_text.heading_prefix
    rows = [row for row, document in enumerate(release.row_documents) if document in to_mask]
    changed = {}
    columns = release.chunks.select(["title", "heading_path", "text"])
    for row, chunk in zip(rows, columns.take(rows).to_pylist(), strict=True):
        before = ChunkText(chunk["title"] or "", tuple(chunk["heading_path"] or ()), chunk["text"])
        after = mask(before, to_mask[release.row_documents[row]])
        if after.encoder_input(prefix) != before.encoder_input(prefix):
            changed[row] = after.encoder_input(prefix)
    return changed
