"""What a document is by itself: the hashes that its copies share, its language, and whether it is worth keeping."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ragline.contracts.tables import OUTCOMES
from ragline.preprocess.cleaning.clean import clean
from ragline.preprocess.duplicates.exact import normal_hash, scope_of
from ragline.preprocess.duplicates.minhash import Banding, band_hashes, banding
from ragline.preprocess.duplicates.shingles import normal_words, shingles
from ragline.preprocess.frames.documents import Document
from ragline.runtime.preprocess_settings import CopySettings, DeduplicateSettings, PreprocessSettings

PROFILE = ("doc_id", "source", "normal_hash", "words", "language", "rejected", "marks", "bands")

Marks = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class ProfileDocuments:
    """Documents in, their profiles out. ``boilerplate``: by source, the hashes of the blocks to leave out."""

    settings: PreprocessSettings
    boilerplate: Marks = field(default_factory=dict)
    columns: Sequence[str] = ("doc_id", "source", "text", "tenant", "access_labels")
    schema: pa.Schema = pa.schema([OUTCOMES.schema.field(name) for name in PROFILE])

    def __call__(self, documents: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        for some in documents:
            yield pa.RecordBatch.from_pylist(self._profiles(some), schema=self.schema)

    def _profiles(self, documents: list[Document]) -> list[dict[str, Any]]:
        texts = [
            clean(doc["text"] or "", self.settings, self.boilerplate.get(doc["source"], frozenset())).text for doc in documents
        ]
        scopes = [scope_of(doc["tenant"], doc["access_labels"]) for doc in documents]
        fingerprints = fingerprints_of(texts, scopes, self.settings.deduplicate.documents, self.settings.deduplicate)
        return [
            {"doc_id": doc["doc_id"], "source": doc["source"], "language": "", "rejected": "", "marks": [], **found}
            for doc, found in zip(documents, fingerprints, strict=True)
        ]


def fingerprints_of(
    texts: Sequence[str], scopes: Sequence[str], copies: CopySettings, settings: DeduplicateSettings
) -> list[dict[str, Any]]:
    """For each text what its copies are found by: ``normal_hash``, ``words`` (how many) and ``bands``."""
    words = [normal_words(text) for text in texts]
    found: list[dict[str, Any]] = [
        {"normal_hash": normal_hash(some, scope), "words": len(some), "bands": []}
        for some, scope in zip(words, scopes, strict=True)
    ]
    if copies.near is None:
        return found
    long = [number for number, some in enumerate(words) if len(some) >= copies.min_words]
    shape = banding(copies.near, settings.permutations)
    for number, bands in zip(long, _bands([words[n] for n in long], [scopes[n] for n in long], shape, settings), strict=True):
        found[number]["bands"] = bands
    return found


def _bands(words: list[list[str]], scopes: list[str], shape: Banding, settings: DeduplicateSettings) -> list[list[int]]:
    sets = [shingles(some, settings.shingle_words) for some in words]
    numbers = [int.from_bytes(hashlib.sha256(scope.encode("utf-8", "surrogatepass")).digest()[:8], "little") for scope in scopes]
    rows: np.ndarray[Any, Any] = band_hashes(sets, numbers, shape)
    return rows.tolist() if len(sets) else []
