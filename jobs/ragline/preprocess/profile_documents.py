"""Profile documents: what copies are found by, the language, and whether the document is rejected whatever the others are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.tables import DOCUMENT_STATE
from ragline.preprocess.boilerplate_blocks import BlockHashes
from ragline.preprocess.cleaning.boilerplate import block_hashes, remove_boilerplate
from ragline.preprocess.cleaning.clean import clean, repaired
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.document_work import TOO_SLOW, Document, in_time
from ragline.preprocess.duplicates.copy_keys import copy_keys
from ragline.preprocess.duplicates.exact import scope_of
from ragline.preprocess.filters.judge import judge
from ragline.preprocess.filters.language import UNDETERMINED, detect_languages, is_kept
from ragline.preprocess.protection.protector import Protector

PROFILE = ("doc_id", "source", "normal_hash", "words", "language", "rejected", "marks", "bands")


@dataclass(frozen=True)
class _LookedAt:
    """What is found in one document by itself: its cleaned text, language, why it is left out, hashes of its edges' blocks."""

    text: str
    language: str
    rejected: str
    marks: list[int]


_GIVEN_UP = _LookedAt("", UNDETERMINED, TOO_SLOW, [])


@dataclass(frozen=True)
class ProfileDocuments:
    """Documents in, their profiles out. ``boilerplate``: by source, the hashes of the blocks to leave out."""

    settings: PreprocessSettings
    boilerplate: BlockHashes = field(default_factory=dict)
    columns: Sequence[str] = ("doc_id", "source", "title", "text", "tenant", "access_labels")
    schema: pa.Schema = pa.schema([DOCUMENT_STATE.schema.field(name) for name in PROFILE])

    def __call__(self, batches: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        for documents in batches:
            yield pa.RecordBatch.from_pylist(self._profiles(documents), schema=self.schema)

    def _profiles(self, documents: list[Document]) -> list[dict[str, Any]]:
        seconds = self.settings.seconds_per_document
        looked_at = [in_time(seconds, self._look_at, document) or _GIVEN_UP for document in documents]
        scopes = [scope_of(document["tenant"], document["access_labels"]) for document in documents]
        texts = [each.text for each in looked_at]
        keys = copy_keys(texts, scopes, self.settings.deduplicate.documents, self.settings.deduplicate)
        return [
            {
                "doc_id": document["doc_id"],
                "source": document["source"],
                "language": each.language,
                "rejected": each.rejected,
                "marks": each.marks,
                **found,
            }
            for document, each, found in zip(documents, looked_at, keys, strict=True)
        ]

    def _look_at(self, document: Document) -> "_LookedAt":
        normal = repaired(document["text"] or "")
        # Of the whole text: a block that is boilerplate today must be counted tomorrow, or it would stop being it.
        marks = block_hashes(normal.text) if self.settings.boilerplate.remove else []
        cleaned = remove_boilerplate(normal, self.boilerplate.get(document["source"], frozenset()))[0]
        (language,) = detect_languages([cleaned.text])
        rejected = self._rejected(document, cleaned, language) if cleaned.text.strip() else ""
        return _LookedAt(cleaned.text, language, rejected, marks)

    def _rejected(self, document: Document, text: CleanedText, language: str) -> str:
        """Why the document is left out, whatever the others are; "" if it is not."""
        if not is_kept(language, self.settings.languages):
            return "language"
        if rule := judge(text.text, language, self.settings.filters):
            return rule
        # To look for personal data takes longer than all the rest: only where finding some rejects the document.
        if "drop" in self.settings.personal_data.actions_for(document["source"]).values():
            protector = Protector(self.settings.personal_data, document["source"])
            return protector.protect(text).drop or protector.protect(clean(document["title"] or "")).drop or ""
        return ""
