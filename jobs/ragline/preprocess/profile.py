"""What a document is by itself: the hashes that its copies share, its language, and whether it is worth keeping."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ragline.config.preprocess import CopySettings, DeduplicateSettings, PreprocessSettings
from ragline.contracts.tables import DOCUMENT_STATE
from ragline.preprocess.cleaning.boilerplate import boilerplate_marks, remove_boilerplate
from ragline.preprocess.cleaning.clean import clean, repaired
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.documents import Document
from ragline.preprocess.duplicates.exact import normal_hash, scope_of
from ragline.preprocess.duplicates.minhash import Banding, band_hashes, banding
from ragline.preprocess.duplicates.shingles import normal_words, shingles
from ragline.preprocess.filters.judge import judge
from ragline.preprocess.filters.language import detect_languages, is_kept
from ragline.preprocess.protection.protector import Protector
from ragline.preprocess.shared_blocks import Marks

PROFILE = ("doc_id", "source", "normal_hash", "words", "language", "rejected", "marks", "bands")


@dataclass(frozen=True)
class ProfileDocuments:
    """Documents in, their profiles out. ``boilerplate``: by source, the hashes of the blocks to leave out."""

    settings: PreprocessSettings
    boilerplate: Marks = field(default_factory=dict)
    columns: Sequence[str] = ("doc_id", "source", "title", "text", "tenant", "access_labels")
    schema: pa.Schema = pa.schema([DOCUMENT_STATE.schema.field(name) for name in PROFILE])

    def __call__(self, documents: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        for some in documents:
            yield pa.RecordBatch.from_pylist(self._profiles(some), schema=self.schema)

    def _profiles(self, documents: list[Document]) -> list[dict[str, Any]]:
        normal = [repaired(document["text"] or "") for document in documents]
        marks = [boilerplate_marks(text.text) if self.settings.boilerplate.remove else [] for text in normal]
        cleaned = [
            remove_boilerplate(text, self.boilerplate.get(document["source"], frozenset()))[0]
            for document, text in zip(documents, normal, strict=True)
        ]
        scopes = [scope_of(document["tenant"], document["access_labels"]) for document in documents]
        texts = [text.text for text in cleaned]
        copies = fingerprints_of(texts, scopes, self.settings.deduplicate.documents, self.settings.deduplicate)
        languages = detect_languages(texts)
        return [
            {
                "doc_id": document["doc_id"],
                "source": document["source"],
                "language": language,
                "rejected": self._rejected(document, text, language) if text.text.strip() else "",
                "marks": marked,
                **found,
            }
            for document, text, language, marked, found in zip(documents, cleaned, languages, marks, copies, strict=True)
        ]

    def _rejected(self, document: Document, text: CleanedText, language: str) -> str:
        """Why the document is left out, whatever the others are; "" if it is not."""
        if not is_kept(language, self.settings.languages):
            return "language"
        if rule := judge(text.text, language, self.settings.filters):
            return rule
        if "drop" in self.settings.personal_data.actions_for(document["source"]).values():
            protector = Protector(self.settings.personal_data, document["source"])
            return protector.protect(text).drop or protector.protect(clean(document["title"] or "")).drop or ""
        return ""


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
