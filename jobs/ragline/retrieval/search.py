"""Search in a release: dense, lexical, or both fused by reciprocal rank. Every hit says where it came from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pyarrow as pa

from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.contracts.release_manifest import ReleaseManifest
from ragline.errors import ConfigError, ReleaseError
from ragline.lake.lake import Lake
from ragline.retrieval.bundle import open_bundle
from ragline.retrieval.deletions import Tombstones
from ragline.retrieval.encoder import Encoder
from ragline.retrieval.fusion import reciprocal_rank_fusion
from ragline.retrieval.hidden import Hidden
from ragline.retrieval.hit import Hit, make_hits
from ragline.retrieval.lexical import LexicalIndex
from ragline.retrieval.ranking import SLACK, Ranked, top_rows
from ragline.retrieval.request import check_request
from ragline.retrieval.vectors.vector_index import VectorIndex

Mode = Literal["fused", "dense", "lexical"]


def check_mode(mode: str) -> Mode:
    """The mode, if there is such a one.

    Raises:
        ConfigError: there is not.
    """
    for known in get_args(Mode):
        if mode == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError(f"The search mode is {mode!r}; it must be one of {', '.join(get_args(Mode))}.")


class Searcher:
    """Searches one release. Rows of ``chunks``, vector ids and lexical rows are the same numbers.

    Without an encoder only lexical search is possible. ``release`` is what hits are labelled with.
    """

    def __init__(
        self,
        manifest: ReleaseManifest,
        chunks: pa.Table,
        vectors: VectorIndex,
        lexical: LexicalIndex,
        encoder: Encoder | None,
        *,
        tombstones: Tombstones | None = None,
        release: str = "",
    ) -> None:
        _check_fusion(manifest)
        if encoder is not None:
            _check_encoder(manifest, encoder)
        self.manifest = manifest
        self.chunks = chunks
        self._vectors = vectors
        self._lexical = lexical
        self._encoder = encoder
        self._tombstones = tombstones
        self._fusion = manifest.spec.fusion
        self._release = release or manifest.fingerprint
        self._asked: tuple[frozenset[str], Hidden] = (frozenset(), Hidden())
        if tombstones is not None:
            tombstones.hides_rows_of(chunks)

    @classmethod
    def open(
        cls,
        bundle_folder: Path,
        lake: Lake | None = None,
        *,
        release: str = "",
        with_encoder: bool = True,
        device: str = "auto",
        policy: DeletionPolicy | None = None,
    ) -> "Searcher":
        """Open a bundle. Deletions are looked up in ``lake``, by default the one the release was made from, under ``policy``, by
        default the one the release was built with.

        Raises:
            ReleaseError: the bundle is missing or damaged, or its encoder is not the one its vectors were made with.
        """
        bundle = open_bundle(bundle_folder)
        manifest = bundle.manifest
        encoder = bundle.encoder(device) if with_encoder else None
        lake = lake or Lake(manifest.lake_uri)
        tombstones = Tombstones(lake, manifest.inputs["documents"], policy or manifest.search)
        return cls(manifest, bundle.chunks(), bundle.vectors(), bundle.lexical(), encoder, tombstones=tombstones, release=release)

    def check_ready(self) -> None:
        """Make sure that a search would be answered.

        Raises:
            DeletionsUnknown: what was deleted since the release was made cannot be read, and the policy is strict.
        """
        if self._tombstones is not None:
            self._tombstones.hidden()

    def close(self) -> None:
        """Stop reading deletions in the background; the searcher must not be used any more."""
        if self._tombstones is not None:
            self._tombstones.close()

    def search(self, queries: str | Sequence[str], k: int = 10, mode: str = "fused") -> list[list[Hit]]:
        """The k best passages for each query, best first.

        Raises:
            ConfigError: there is no such mode, or more is asked for than ``request.py`` allows.
            ReleaseError: a dense search without an encoder.
            DeletionsUnknown: what was deleted is not known, and the policy is strict.
        """
        texts = [queries] if isinstance(queries, str) else list(queries)
        check_request(texts, k)
        ranked = self.rank(texts, k, mode)
        return [make_hits(self.chunks, rows, release=self._release, run=self.manifest.run_id) for rows in ranked]

    def rank(self, queries: Sequence[str], k: int, mode: str = "fused", hidden: frozenset[str] | None = None) -> list[Ranked]:
        """The k best rows and their scores for each query, best first, equal scores by row.

        ``hidden`` are documents to leave out, by default those deleted since the release was made.

        Raises:
            ConfigError: there is no such mode.
            ReleaseError: a dense search without an encoder.
            DeletionsUnknown: what was deleted is not known, and the policy is strict.
        """
        chosen = check_mode(mode)
        mask = (self._deleted() if hidden is None else self._asked_for(hidden)).rows(self.chunks)
        if chosen == "dense":
            return self._rank_dense(queries, k, mask)
        if chosen == "lexical":
            return [self._rank_lexical(query, k, mask) for query in queries]
        depth = max(k, self._fusion.candidates)
        dense = self._rank_dense(queries, depth, mask)
        lexical = [self._rank_lexical(query, depth, mask) for query in queries]
        return [self._fuse(pair)[:k] for pair in zip(dense, lexical, strict=True)]

    def _fuse(self, rankings: Sequence[Ranked]) -> Ranked:
        return reciprocal_rank_fusion([[row for row, _ in ranked] for ranked in rankings], self._fusion.rrf_k)

    def _rank_dense(self, queries: Sequence[str], k: int, mask: np.ndarray | None) -> list[Ranked]:
        if self._encoder is None:
            raise ReleaseError("This release was opened without its encoder: only lexical search is possible.")
        total = len(self._vectors)
        if not queries or not total:
            return [[] for _ in queries]
        vectors = self._encoder.encode_queries(list(queries))
        first = min(total, k + SLACK)
        scores, rows = self._vectors.search(vectors, first, mask)

        def fetch(query: int, depth: int) -> tuple[Sequence[int], Sequence[float]]:
            if depth == first:
                return rows[query].tolist(), scores[query].tolist()
            deeper, further = self._vectors.search(vectors[query : query + 1], depth, mask)
            return further[0].tolist(), deeper[0].tolist()

        return [top_rows(lambda depth, i=i: fetch(i, depth), k, total) for i in range(len(queries))]  # type: ignore[misc]

    def _rank_lexical(self, query: str, k: int, mask: np.ndarray | None) -> Ranked:
        return top_rows(lambda depth: self._lexical.search(query, depth), k, len(self._lexical), mask)

    def _deleted(self) -> Hidden:
        return self._tombstones.hidden() if self._tombstones is not None else Hidden()

    def _asked_for(self, documents: frozenset[str]) -> Hidden:
        known, hidden = self._asked
        if documents != known:
            hidden = Hidden(documents)
            self._asked = (documents, hidden)
        return hidden


def _check_fusion(manifest: ReleaseManifest) -> None:
    if manifest.spec.fusion.method != "reciprocal_rank":
        raise ReleaseError(
            f"The release fuses its rankings by {manifest.spec.fusion.method!r}, which this Ragline does not know. "
            f"Use Ragline {manifest.ragline_version}, which built it, or a later one."
        )


def _check_encoder(manifest: ReleaseManifest, encoder: Encoder) -> None:
    built_with = manifest.spec.encoder
    if encoder.fingerprint != built_with.fingerprint or encoder.dimension != built_with.dimension:
        raise ReleaseError(
            f"The query encoder ({encoder.fingerprint}, dimension {encoder.dimension}) is not the one this release was built "
            f"with ({built_with.fingerprint}, dimension {built_with.dimension}): their vectors cannot be compared. "
            "Use the release's own embedder, or build a new release."
        )
